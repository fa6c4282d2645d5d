#!/usr/bin/env node
// Plain JavaScript, and the check first, because it must run on the Node that is too old to run the rest.
import '../check-node.mjs';

const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
