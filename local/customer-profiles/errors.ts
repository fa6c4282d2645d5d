/** Error names of the service (and of AWS's front door) that this one answers with, and their HTTP status. */
const STATUS = {
  BadRequestException: 400,
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  UnknownOperationException: 404,
  ThrottlingException: 429,
  InternalServerException: 500,
  NotImplementedException: 501,
  ServiceUnavailable: 503,
} as const;

export type ProfilesErrorName = keyof typeof STATUS;

/**
 * An answer of the service other than success. Like the real service's, the message may quote what the caller sent:
 * whoever logs it must expect customer data in it.
 */
export class ProfilesError extends Error {
  override readonly name: ProfilesErrorName;
  readonly status: number;

  constructor(name: ProfilesErrorName, message: string) {
    super(message);
    this.name = name;
    this.status = STATUS[name];
  }
}

export const notImplemented = (operation: string) =>
  new ProfilesError('NotImplementedException', `${operation} is not supported by the embedded Customer Profiles.`);

export const badRequest = (message: string) => new ProfilesError('BadRequestException', message);
