/** Which export a run was started for, and how. */
export interface RunExport {
  readonly bucket: string;
  readonly key: string;
  /** Absent if somebody started the run by hand: then it reads the newest. */
  readonly versionId?: string;
  readonly resync: boolean;
  /** False if somebody started the run by hand: then an upload to this key may start none. */
  readonly byUpload: boolean;
}

/** The input of a run is the event of S3, or what somebody wrote by hand. */
interface Input {
  readonly 'detail-type'?: unknown;
  readonly detail?: {
    readonly bucket?: { readonly name?: unknown };
    readonly object?: { readonly key?: unknown; readonly 'version-id'?: unknown };
  };
  readonly resync?: unknown;
}

/** Undefined if the input of the execution names no export. */
export function exportOf(text = 'null'): RunExport | undefined {
  const input = JSON.parse(text) as Input | null;
  const bucket = input?.detail?.bucket?.name;
  const key = input?.detail?.object?.key;
  const versionId = input?.detail?.object?.['version-id'];
  if (typeof bucket !== 'string' || typeof key !== 'string') return undefined;
  return {
    bucket,
    key,
    ...(typeof versionId === 'string' && { versionId }),
    resync: input?.resync === true,
    byUpload: input?.['detail-type'] !== undefined,
  };
}
