/** Calls of the console's own server. Its shapes are those of ../api.ts. */

import type { ProblemView } from '../api.ts';

/** The server answered, with a problem. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The page was opened without the key of the link that was printed. */
export function lacksKey(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 403;
}

/** Nobody answers, or nobody who knows this page: whatever is asked next ends the same way. */
export function isAway(error: unknown): boolean {
  return error !== undefined && (!(error instanceof ProblemError) || lacksKey(error));
}

/** What writing calls say, so that no other site's form can make one. */
const OWN_CALL = { 'X-Console': '1' };

/** @throws ProblemError if the server says so, TypeError if it does not answer. */
export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  return textOf(await fetch(path, { ...(signal && { signal }), headers: { Accept: 'application/json' } }));
}

/** @throws as getText. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return JSON.parse(await getText(path, signal));
}

/** @throws as getText. */
export async function post<T>(path: string, body: object = {}): Promise<T> {
  const headers = { ...OWN_CALL, 'Content-Type': 'application/json' };
  return JSON.parse(await textOf(await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })));
}

async function textOf(response: Response): Promise<string> {
  const text = await response.text();
  if (response.ok) return text;
  throw new ProblemError(response.status, problemMessage(text, response.status));
}

function problemMessage(text: string, status: number): string {
  try {
    const problem: ProblemView = JSON.parse(text);
    return problem.message;
  } catch {
    return `The console's server answered ${status}.`;
  }
}

/**
 * Sends a file. Not `fetch`, which does not tell how much of it is sent.
 *
 * @throws as getText; an AbortError if the signal is aborted.
 */
export function postFile<T>(
  path: string,
  file: File,
  { onProgress, signal }: { readonly onProgress: (share: number) => void; readonly signal: AbortSignal },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    for (const [name, value] of Object.entries(OWN_CALL)) request.setRequestHeader(name, value);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 1 : loaded / total);
    request.onload = () => {
      const { status, responseText } = request;
      if (status >= 200 && status < 300) resolve(JSON.parse(responseText));
      else reject(new ProblemError(status, problemMessage(responseText, status)));
    };
    request.onerror = () => reject(new TypeError('The server did not answer.'));
    request.onabort = () => reject(new DOMException('The upload was stopped.', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

/** For people. */
export function messageOf(error: unknown): string {
  // What the browser throws if nobody answers is a TypeError.
  if (error instanceof Error && !(error instanceof TypeError)) return error.message;
  return "The console's server does not answer. Look whether it still runs.";
}

/** Addresses of the API; none holds more of a customer than the search that was typed. */
export const at = {
  stack: '/api/stack',
  now: '/api/now',
  notices: '/api/notices',
  runs: (limit: number, state: string | undefined) => `/api/runs?${query({ limit: String(limit), state })}`,
  run: (runId: string) => `/api/runs/${encodeURIComponent(runId)}`,
  machine: (runId: string) => `${at.run(runId)}/machine`,
  history: (runId: string, limit: number) => `${at.run(runId)}/history?limit=${limit}`,
  rejected: (runId: string, code: string | undefined, page: number) =>
    `${at.run(runId)}/rejected?${query({ code, page: String(page) })}`,
  redrive: (runId: string) => `${at.run(runId)}/redrive`,
  stop: (runId: string) => `${at.run(runId)}/stop`,
  exports: (name: string, resync: boolean) => `/api/exports?${query({ name, resync: resync ? 'true' : undefined })}`,
  resubmission: (runId: string, name: string, insists: boolean) =>
    `${at.run(runId)}/resubmission?${query({ name, insists: insists ? 'true' : undefined })}`,
  started: (key: string, versionId: string | undefined, since: number) =>
    `/api/started?${query({ key, versionId, since: String(since) })}`,
  customers: (search: string) => `/api/customers?${query({ search })}`,
  reportFile: (runId: string) => `/runs/${encodeURIComponent(runId)}/report.html`,
  rejectedFile: (runId: string) => `/runs/${encodeURIComponent(runId)}/rejected-file`,
  summaryFile: (runId: string) => `/runs/${encodeURIComponent(runId)}/summary.json`,
};

function query(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  return new URLSearchParams(given).toString();
}
