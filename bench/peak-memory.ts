import { readFileSync } from 'node:fs';

/**
 * Bytes of the largest resident set that this process ever had. Not by `resourceUsage().maxRSS`: Linux begins that with what the
 * parent had when it started this one.
 */
export function peakMemory(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kib) * 1024;
}
