import {
  ExportTooLarge,
  InvalidConfiguration,
  InvalidExport,
  InvalidMapping,
  ProfileSyncError,
} from '../functions/shared/errors.ts';
import { StackError } from '../local/stack-error.ts';
import { UserError } from './user-error.ts';

/** How a command that could not do its work ends: what is printed, and its exit code. */
export interface Ending {
  readonly message: string;
  readonly exitCode: number;
}

export const EXIT = { done: 0, wrongCall: 1, badEnd: 2, noService: 3, interrupted: 130 } as const;

/** What the user can put right. */
const MISTAKES = [UserError, StackError, InvalidMapping, InvalidConfiguration, InvalidExport, ExportTooLarge];
const BAD_CREDENTIALS = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
  'InvalidSignatureException',
]);
const REFUSED = /^(AccessDenied|AccessDeniedException|AuthorizationError|KMSAccessDenied.*|NotAuthorized.*|Forbidden)$/;
const BUSY =
  /Throttl|TooManyRequests|SlowDown|RequestLimitExceeded|ServiceUnavailable|InternalServerError|InternalFailure/;
/** There are none, so that AWS was not even asked. */
const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError']);
const UNREACHABLE = /ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|TimeoutError|NetworkingError/;

/** Words for what went wrong, without a stack trace, unless the environment asks for it. */
export function endingOf(error: unknown, env: NodeJS.ProcessEnv): Ending {
  if (!(error instanceof Error)) return { message: String(error), exitCode: EXIT.noService };
  if (MISTAKES.some((mistake) => error instanceof mistake)) return { message: error.message, exitCode: EXIT.wrongCall };
  if (error instanceof ProfileSyncError) return { message: error.message, exitCode: EXIT.noService };
  return { message: serviceMessage(error, env), exitCode: EXIT.noService };
}

function serviceMessage(error: Error, env: NodeJS.ProcessEnv): string {
  const { name, message } = error;
  const code = 'code' in error ? String(error.code) : '';
  if (NO_CREDENTIALS.has(name)) {
    const profile = env.AWS_PROFILE ? ` of the profile ${env.AWS_PROFILE}` : '';
    return `No AWS credentials${profile} were found. Log in (for example aws sso login), or name a profile that has some with --profile; --local works on the embedded stack.`;
  }
  if (code === 'ERR_INVALID_URL') {
    return 'The address of a service is no URL. Look at AWS_ENDPOINT_URL and at endpoint_url in the AWS configuration.';
  }
  if (BAD_CREDENTIALS.has(name)) {
    return `AWS does not take these credentials (${name}). Log in again (for example aws sso login), or name others with --profile; --local works on the embedded stack.`;
  }
  if (REFUSED.test(name)) {
    return `AWS refused: ${message}\ndocs/security.md says which grants a command needs: each grantOperate; besides it uploads grantUpload, send-event grantSendEvents, explain --row grantReadExports, forget grantErase.`;
  }
  if (UNREACHABLE.test(name) || UNREACHABLE.test(code)) {
    return `The service can't be reached (${code || name}). Look at the network, the Region and AWS_ENDPOINT_URL, and call again.`;
  }
  if (BUSY.test(name)) return `AWS is busy or not well (${name}). Call again in a moment.`;
  // Whose text might quote anything.
  if (env.PROFILE_SYNC_DEBUG) return error.stack ?? name;
  return `An error that was not expected: ${name}. With PROFILE_SYNC_DEBUG=1 the same call says where.`;
}
