import { leave } from '../exit.ts';
import type { StateLoader } from '../state.ts';

export const loadSucceed: StateLoader = (fields) => {
  const exit = { output: fields.template('Output'), assign: undefined, next: undefined };
  return { type: 'Succeed', run: (visit) => leave(exit, visit, {}, visit.input) };
};
