/** A client or command of the SDK among the sources of a bundle: its package, and its file, which is named as its class. */
const SDK_CLASS =
  /node_modules\/(@aws-sdk\/(?:client|lib)-[^/]+)\/dist-es\/(?:commands\/)?(\w+Client|\w+Command|Upload)\.js$/;
/** Made from another client. */
const WRAPPERS = ['DynamoDBDocumentClient'];

export const EMPTY_HANDLER = 'export const handler = async () => ({});\n';

/**
 * The least that could call what a function calls: a handler with the same clients and commands of the SDK, and nothing else.
 *
 * @param sources of the function's bundle, as its source map names them.
 */
export function bareHandler(sources: readonly string[]): string {
  const classes = sources.flatMap((source) => {
    const [, from, name] = SDK_CLASS.exec(source) ?? [];
    return from && name ? [{ from, name }] : [];
  });
  // Two packages may have a command of the same name.
  const imports = classes.map(({ from, name }, index) => `import { ${name} as sdk${index} } from '${from}';`);
  const used = classes.map(({ name }, index) =>
    name.endsWith('Client') && !WRAPPERS.includes(name) ? `new sdk${index}()` : `sdk${index}`,
  );
  return [...imports, `const used = [${used.join(', ')}];`, 'export const handler = async () => used.length;', ''].join(
    '\n',
  );
}
