/** Error names of the service (and of AWS's front door) that this one answers with, and their HTTP status. */
const STATUS = {
  BadRequestException: 400,
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  UnknownOperationException: 404,
  ThrottlingException: 429,
  InternalServerException: 500,
  NotImplementedException: 501,
} as const;

/**
 * An answer of the service other than success. Like the real service's, the message may quote what the caller sent:
 * whoever logs it must expect customer data in it.
 */
export class ProfilesError extends Error {
  override readonly name: keyof typeof STATUS;
  readonly status: number;

  constructor(name: keyof typeof STATUS, message: string) {
    super(message);
    this.name = name;
    this.status = STATUS[name];
  }
}

export const badRequest = (message: string) => new ProfilesError('BadRequestException', message);
