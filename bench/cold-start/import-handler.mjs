/**
 * The program of one cold start: imports a handler as Lambda's Node.js runtime does, and prints what that took since the
 * process began. JavaScript, since taking the types off would be a third of what is measured.
 */
import { join } from 'node:path';

const [file, name] = process.env._HANDLER.split('.');
const module = await import(join(process.env.LAMBDA_TASK_ROOT, `${file}.mjs`));
if (typeof module[name] !== 'function') throw new Error(`There is no handler ${process.env._HANDLER}.`);
const wall = performance.now();
const { user, system } = process.cpuUsage();
process.stdout.write(JSON.stringify({ wall, cpu: (user + system) / 1000 }));
