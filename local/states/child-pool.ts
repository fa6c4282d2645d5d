import type { RunningExecution } from './execution.ts';
import { MAX_CHILDREN } from './limits.ts';

/** The children of a Map Run at work: never more at once than its MaxConcurrency, which may change meanwhile. */
export class ChildPool {
  readonly #atWork = new Set<RunningExecution>();
  readonly #done = Promise.withResolvers<boolean>();
  #next: (() => RunningExecution | undefined) | undefined;
  #tolerates: (child: RunningExecution) => boolean = () => false;
  #limit: number;
  #stopped = false;

  /** @param maxConcurrency 0: as many as AWS allows. */
  constructor(maxConcurrency: number) {
    this.#limit = maxConcurrency || MAX_CHILDREN;
  }

  /**
   * Resolves, once no child is at work, with whether all were started and every failure was tolerated. The first that is
   * not stops the others.
   *
   * @param next starts another child; undefined if none is left.
   * @param tolerates is asked about each child that did not succeed.
   */
  run(next: () => RunningExecution | undefined, tolerates: (child: RunningExecution) => boolean): Promise<boolean> {
    this.#next = next;
    this.#tolerates = tolerates;
    this.#fill();
    return this.#done.promise;
  }

  /** A lower limit stops no child that is at work. */
  limitTo(maxConcurrency: number): void {
    this.#limit = maxConcurrency || MAX_CHILDREN;
    this.#fill();
  }

  stop(): void {
    this.#stopped = true;
    for (const child of this.#atWork) child.stop();
  }

  #fill(): void {
    if (this.#next === undefined) return;
    try {
      while (!this.#stopped && this.#atWork.size < this.#limit) {
        const child = this.#next();
        if (child === undefined) break;
        this.#atWork.add(child);
        void child.done.then(({ status }) => this.#ended(child, status === 'SUCCEEDED'));
      }
    } catch (error) {
      this.stop();
      this.#done.reject(error);
    }
    if (this.#atWork.size === 0) this.#done.resolve(!this.#stopped);
  }

  #ended(child: RunningExecution, succeeded: boolean): void {
    this.#atWork.delete(child);
    if (!succeeded && !this.#stopped && !this.#tolerates(child)) this.stop();
    this.#fill();
  }
}
