import { REGION } from '../service.ts';

/** What an execution environment is told about itself. */
export interface RuntimeVariables {
  readonly name: string;
  readonly codeDirectory: string;
  readonly handler: string;
  readonly memoryMb: number;
  readonly logGroup: string;
  readonly logStream: string;
  readonly accessKeyId: string;
  /** Lambda's /tmp. */
  readonly temporaryDirectory: string;
  /** Where the function finds AWS. */
  readonly endpointUrl: string;
}

/**
 * The environment variables that Lambda sets itself, whatever the template says.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function reservedVariables(of: RuntimeVariables): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    TMPDIR: of.temporaryDirectory,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ENDPOINT_URL: of.endpointUrl,
    AWS_ACCESS_KEY_ID: of.accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_FUNCTION_NAME: of.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(of.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: of.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: of.logStream,
    LAMBDA_TASK_ROOT: of.codeDirectory,
    _HANDLER: of.handler,
  };
}
