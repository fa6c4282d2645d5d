import type { NoticesView } from '../api.ts';
import type { Host } from '../host.ts';

export async function noticesView(_host: Host): Promise<NoticesView> {
  return { notices: [] };
}

export async function openNotices(host: Host): Promise<number> {
  return (await noticesView(host)).notices.filter(({ is }) => is === 'open').length;
}
