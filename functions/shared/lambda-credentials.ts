import { optionalEnv, requiredEnv } from './env.ts';

/**
 * Where the SDK finds credentials in a function: in the variables that Lambda sets. The bundles have it in place of the SDK's
 * own chain (profiles, SSO, web identity, instance metadata), which looks there first, too, and would be a seventh of the
 * code and of the time of a cold start.
 *
 * @returns a provider. @throws InvalidConfiguration naming the variable that is missing.
 */
export function defaultProvider() {
  return async () => {
    const sessionToken = optionalEnv('AWS_SESSION_TOKEN');
    return {
      accessKeyId: requiredEnv('AWS_ACCESS_KEY_ID'),
      secretAccessKey: requiredEnv('AWS_SECRET_ACCESS_KEY'),
      ...(sessionToken && { sessionToken }),
    };
  };
}
