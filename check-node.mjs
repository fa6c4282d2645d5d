// Preloaded by every command (`node --import ./check-node.mjs …`). Plain JavaScript, because it must run on the Node
// that is too old to run the rest. The `node` devDependency puts Node 24 on the PATH of `npm run` and `npx`; it is
// missing when the install skipped its install script, and then a command would silently use the machine's own Node.
const REQUIRED_MAJOR = 24;
const major = Number(process.versions.node.split('.')[0]);

if (major < REQUIRED_MAJOR) {
  console.error(
    [
      `connect-profile-sync needs Node ${REQUIRED_MAJOR} or newer, but this command runs on Node ${process.versions.node} (${process.execPath}).`,
      'Use `npm run …` or `npx …` instead of a bare `node`: they run the Node 24 that `npm ci` installs beside the project.',
      'If you did, that install was skipped: run `npm ci` again with install scripts allowed for the package `node`.',
    ].join('\n'),
  );
  process.exit(1);
}
