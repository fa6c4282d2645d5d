import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export type Handler = (event: unknown, context: object) => unknown;

/** Where Lambda's runtime looks, in this order. */
const EXTENSIONS = ['.js', '.mjs', '.cjs'];

/** The first handler argument that nodejs24.x no longer knows is the third: the callback. */
const CALLBACK_ARGUMENTS = 3;

/**
 * Imports the handler `<file>.<export>` of the bundle in `root`, with the errors of Lambda's Node.js runtime interface
 * client 4: an error that the module throws itself comes through as it is, and so does a package that an ES module
 * imports in vain.
 *
 * @throws Error named Runtime.MalformedHandlerName, Runtime.ImportModuleError, Runtime.UserCodeSyntaxError,
 *   Runtime.HandlerNotFound or Runtime.CallbackHandlerDeprecated
 */
export async function loadHandler(root: string, name: string): Promise<Handler> {
  const [, file, exported] = /^([^.]*)\.(.*)$/.exec(basename(name)) ?? [];
  if (file === undefined || exported === undefined || name.includes('..')) {
    throw named('Runtime.MalformedHandlerName', 'Bad handler');
  }
  const module = await importModule(resolve(root, dirname(name), file));
  const handler = find(exported, module) ?? find(exported, find('default', module));
  if (!handler) throw named('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  if (typeof handler !== 'function') throw named('Runtime.HandlerNotFound', `${name} is not a function`);
  if (handler.length >= CALLBACK_ARGUMENTS) {
    const message = 'Handlers with a callback are not supported by nodejs24.x: use an async handler.';
    throw named('Runtime.CallbackHandlerDeprecated', message);
  }
  return handler as Handler;
}

async function importModule(path: string): Promise<unknown> {
  const found = EXTENSIONS.map((extension) => `${path}${extension}`).find((candidate) => existsSync(candidate));
  if (!found) throw named('Runtime.ImportModuleError', `Error: Cannot find module '${basename(path)}'`);
  try {
    return await import(pathToFileURL(found).href);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw Object.assign(named('Runtime.UserCodeSyntaxError', String(error)), { stack: error.stack });
    }
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') {
      throw named('Runtime.ImportModuleError', String(error));
    }
    throw error;
  }
}

/** `a.b` goes down two levels. */
function find(name: string, module: unknown): unknown {
  return name
    .split('.')
    .reduce(
      (value, property) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[property] : undefined,
      module,
    );
}

/** An error with the name that Lambda gives it. */
export function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
