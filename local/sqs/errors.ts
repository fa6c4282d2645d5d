import { ApiError } from '../json-protocol.ts';

/** Errors by their name in the service model, with the code that clients of the older query protocol know. */
const QUERY_CODES = {
  AccessDeniedException: 'AccessDenied',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  InvalidAttributeName: 'InvalidAttributeName',
  InvalidMessageContents: 'InvalidMessageContents',
  InvalidParameterValueException: 'InvalidParameterValue',
  KmsAccessDenied: 'KMS.AccessDeniedException',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  MissingRequiredParameterException: 'MissingParameter',
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  ReceiptHandleIsInvalid: 'ReceiptHandleIsInvalid',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
} as const;

export type SqsErrorType = keyof typeof QUERY_CODES;

/** SQS refused a call. Messages never quote what a message holds. */
export class SqsError extends ApiError {
  override readonly name = 'SqsError';
  readonly code: string;

  constructor(type: SqsErrorType, message: string) {
    const code = QUERY_CODES[type];
    const status = type === 'AccessDeniedException' ? 403 : 400;
    super(type, message, { status, headers: { 'x-amzn-query-error': `${code};Sender` } });
    this.code = code;
  }
}

export const invalidValue = (value: unknown, parameter: string, reason: string): SqsError =>
  new SqsError(
    'InvalidParameterValueException',
    `Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`,
  );

export const noSuchQueue = (): SqsError => new SqsError('QueueDoesNotExist', 'The specified queue does not exist.');
