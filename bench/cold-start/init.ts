/**
 * Imports a function's bundle as Lambda's runtime does, in a process of its own, and prints the milliseconds and the CPU
 * milliseconds that it takes. Arguments: the bundle's folder and the handler's name.
 */
import { loadHandler } from '../../local/lambda/load-handler.ts';

const [directory = '', handler = ''] = process.argv.slice(2);
const startedAt = performance.now();
const before = process.cpuUsage();
await loadHandler(directory, handler);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ initMs: performance.now() - startedAt, cpuMs: (user + system) / 1000 }));
// Clients may keep the process alive.
process.exit();
