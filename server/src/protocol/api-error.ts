// Owns the refusals of the Management API, in Auth0's form.

const names = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
} as const;

export type ApiErrorStatus = keyof typeof names;

export interface ApiErrorBody {
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  /** Absent for the resources where Auth0 has none. */
  readonly errorCode?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** A refusal that the caller is told: the message says what was wrong and never holds a secret. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: ApiErrorStatus;
  readonly errorCode: string | undefined;
  readonly attributes: ApiErrorBody['attributes'];

  constructor(status: ApiErrorStatus, message: string, errorCode?: string, attributes?: ApiErrorBody['attributes']) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
    this.attributes = attributes;
  }

  toBody(): ApiErrorBody {
    const { status, message, errorCode, attributes } = this;
    return {
      statusCode: status,
      error: names[status],
      message,
      ...(errorCode === undefined ? {} : { errorCode }),
      ...(attributes === undefined ? {} : { attributes }),
    };
  }
}

export function invalidBody(message: string): ApiError {
  return new ApiError(400, message, 'invalid_body');
}

export function invalidQuery(message: string): ApiError {
  return new ApiError(400, message, 'invalid_query_string');
}
