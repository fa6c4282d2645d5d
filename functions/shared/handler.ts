import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { ProfileSyncError, UnexpectedError } from './errors.ts';
import { missingPermission } from './missing-permission.ts';
import { logger, metrics } from './telemetry.ts';

/** Makes a Lambda handler of a function: log context, metrics, and no foreign error text beyond this point. */
export function lambdaHandler<Event, Result>(run: (event: Event, context: Context) => Promise<Result>) {
  return middy<Event, Result>((event: Event, context: Context) => run(event, context))
    .use(injectLambdaContext(logger))
    .after(publishMetrics)
    .onError((request) => {
      request.error = sealed(request.error);
      publishMetrics();
    });
}

/** Powertools' own middleware warns in the log of every invocation that has no metrics, and most have none. */
function publishMetrics(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}

/**
 * The error as it may leave the process. Lambda writes it to the log and Step Functions to the execution history, so an
 * error that we did not write is replaced: JSON.parse, csv-parse, the SDK and the service quote values in theirs. What
 * is kept of it holds no data: class name, missing permission, HTTP status, AWS request id, stack frames.
 */
export function sealed(error: unknown): ProfileSyncError {
  if (error instanceof ProfileSyncError) {
    delete error.cause;
    return error;
  }
  const seal = new UnexpectedError(
    `${describe(error)}. Its own text is withheld, since it may quote customer data; the stack frames in the log say where it was thrown.`,
  );
  const frames = error instanceof Error ? stackFrames(error) : [];
  if (frames.length > 0) seal.stack = [`${seal.name}: ${seal.message}`, ...frames].join('\n');
  return seal;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `A ${typeof error} was thrown`;
  const metadata = '$metadata' in error ? (error.$metadata as { httpStatusCode?: number; requestId?: string }) : {};
  const missing = missingPermission(error);
  const details = [
    missing && `${missing.action} on ${missing.resource} is not allowed`,
    metadata.httpStatusCode && `HTTP status ${metadata.httpStatusCode}`,
    metadata.requestId && `request ${metadata.requestId}`,
  ].filter(Boolean);
  return `${error.name} was thrown${details.length > 0 ? ` (${details.join(', ')})` : ''}`;
}

/** The message may span lines and stands before the first frame; only lines of the frame form are kept. */
function stackFrames(error: Error): string[] {
  return (error.stack ?? '')
    .replace(error.message, '')
    .split('\n')
    .filter((line) => /^ {4}at .*[:(]/.test(line));
}
