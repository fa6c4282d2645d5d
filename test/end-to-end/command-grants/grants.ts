/** What ProfileSync can grant to people and machines. */
export const GRANTS = ['grantUpload', 'grantSendEvents', 'grantOperate', 'grantReadExports', 'grantErase'] as const;
export type Grant = (typeof GRANTS)[number];
