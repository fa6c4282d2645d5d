import type { FunctionUse } from '../contracts.ts';

/** With what is known to follow, such as the write that notes it. */
export function withMore(use: FunctionUse, more: { readonly writes?: number; readonly puts?: number }): FunctionUse {
  return { ...use, writes: use.writes + (more.writes ?? 0), puts: use.puts + (more.puts ?? 0) };
}
