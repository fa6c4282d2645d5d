/** The program of one cold start: imports a handler as Lambda's Node.js runtime does, and says what that took. */
import { loadHandler } from '../../local/lambda/load-handler.ts';
import type { Init } from './init.ts';

await loadHandler(process.env.LAMBDA_TASK_ROOT ?? '', process.env._HANDLER ?? '');
const wall = performance.now();
const { user, system } = process.cpuUsage();
const init: Init = { wall, cpu: (user + system) / 1000 };
process.stdout.write(JSON.stringify(init));
