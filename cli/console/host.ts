import type { ConnectedStack } from '../connect/connected-stack.ts';
import type { Recall } from './recall.ts';

/** What the views of a console work with. */
export interface Host {
  readonly stack: ConnectedStack;
  readonly recall: Recall;
  /** Where uploads lie while they are checked and sent; it exists, and is this user's alone. */
  readonly folder: string;
}
