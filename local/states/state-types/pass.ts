import { leave, loadStateExit } from '../exit.ts';
import type { StateLoader } from '../state.ts';

export const loadPass: StateLoader = (fields, loading) => {
  const exit = loadStateExit(fields, loading);
  return { type: 'Pass', run: (visit) => leave(exit, visit, {}, visit.input) };
};
