import { element, type XmlNode, xmlDocument } from './xml.js';

/** Status and sentence of every error code this store answers. */
const CATALOGUE: Record<string, readonly [status: number, message: string]> = {
  AccessDenied: [403, 'Access Denied'],
  AccessForbidden: [403, 'CORSResponse: This CORS request is not allowed.'],
  AuthorizationHeaderMalformed: [400, 'The authorization header is malformed.'],
  AuthorizationQueryParametersError: [400, 'The query parameters of the signature are not complete.'],
  BadDigest: [400, 'The checksum or Content-MD5 you specified did not match what the store received.'],
  BucketAlreadyExists: [409, 'The requested bucket name is not available.'],
  BucketAlreadyOwnedByYou: [
    409,
    'Your previous request to create this bucket succeeded and you already own it.',
  ],
  BucketNotEmpty: [409, 'The bucket you tried to delete is not empty.'],
  ConditionalRequestConflict: [409, 'Another write to this key was under way. Try again.'],
  EntityTooLarge: [400, 'Your proposed upload exceeds the maximum allowed size.'],
  EntityTooSmall: [400, 'Your proposed upload is smaller than the minimum allowed size.'],
  ExpiredToken: [400, 'The provided token has expired.'],
  IllegalLocationConstraintException: [400, 'The location constraint is not the region of this endpoint.'],
  IncompleteBody: [400, 'The body was shorter or longer than the announced length.'],
  InternalError: [500, 'The store met an internal error. Please try again.'],
  InvalidAccessKeyId: [403, 'The access key id you provided does not exist in this store.'],
  InvalidArgument: [400, 'Invalid argument.'],
  InvalidBucketName: [400, 'The specified bucket is not valid.'],
  InvalidDigest: [400, 'The Content-MD5 or checksum value that you specified is not valid.'],
  InvalidPart: [
    400,
    'One or more of the specified parts could not be found. The part may not have been uploaded, or its entity tag or checksum does not match.',
  ],
  InvalidPartOrder: [
    400,
    'The list of parts was not in ascending order. Parts must be ordered by part number.',
  ],
  InvalidPolicyDocument: [400, 'The content of the form does not meet the conditions of a policy document.'],
  InvalidRange: [416, 'The requested range is not satisfiable.'],
  InvalidRequest: [400, 'Invalid request.'],
  InvalidTag: [400, 'The tag provided was not a valid tag.'],
  InvalidToken: [400, 'The provided token is malformed or otherwise not valid.'],
  InvalidURI: [400, 'The specified URI could not be parsed.'],
  KeyTooLongError: [400, 'Your key is too long.'],
  MalformedPOSTRequest: [400, 'The body of your POST request is not well-formed multipart/form-data.'],
  MalformedXML: [400, 'The XML you provided was not well-formed or did not validate against the schema.'],
  MaxMessageLengthExceeded: [400, 'Your request was too large.'],
  MaxPostPreDataLengthExceeded: [400, 'The fields of your POST request preceding the file were too large.'],
  MetadataTooLarge: [400, 'Your metadata headers exceed the maximum allowed metadata size.'],
  MethodNotAllowed: [405, 'The specified method is not allowed against this resource.'],
  MissingContentLength: [411, 'You must provide the Content-Length HTTP header.'],
  NoSuchBucket: [404, 'The specified bucket does not exist.'],
  NoSuchCORSConfiguration: [404, 'The CORS configuration does not exist.'],
  NoSuchKey: [404, 'The specified key does not exist.'],
  NoSuchUpload: [
    404,
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  ],
  NotImplemented: [501, 'A header or query you provided implies functionality that is not implemented.'],
  PreconditionFailed: [412, 'At least one of the preconditions you specified did not hold.'],
  RequestTimeTooSkewed: [403, "The difference between the request time and the store's time is too large."],
  SignatureDoesNotMatch: [
    403,
    'The request signature the store calculated does not match the signature you provided. Check your key and signing method.',
  ],
  ServiceUnavailable: [503, 'The service is not able to handle your request. Please try again.'],
  SlowDown: [503, 'Please reduce your request rate.'],
  XAmzContentSHA256Mismatch: [
    400,
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  ],
  InsufficientStorage: [507, 'The store has reached its capacity. Delete a few objects to proceed.'],
};

export type ErrorDetails = Record<string, string | number>;

export interface S3ErrorOptions {
  message?: string;
  details?: ErrorDetails;
  headers?: Record<string, string>;
  status?: number;
  /** The request was refused before its sender was known: Ceph leaves CORS headers out then. */
  refusedSignature?: boolean;
}

/** An answer of the S3 protocol that is not a success. */
export class S3Error extends Error {
  override readonly name = 'S3Error';
  readonly status: number;
  readonly details: ErrorDetails;
  readonly headers: Record<string, string>;
  readonly refusedSignature: boolean;

  constructor(
    readonly code: string,
    options: S3ErrorOptions = {},
  ) {
    const [status, message] = CATALOGUE[code] ?? [500, code];
    super(options.message ?? message);
    this.status = options.status ?? status;
    this.details = options.details ?? {};
    this.headers = options.headers ?? {};
    this.refusedSignature = options.refusedSignature ?? false;
  }

  toXml(resource: string, requestId: string, hostId: string): string {
    const details: XmlNode[] = Object.entries(this.details).map(([name, value]) => element(name, value));
    return xmlDocument(
      element('Error', [
        element('Code', this.code),
        element('Message', this.message),
        ...details,
        element('Resource', resource),
        element('RequestId', requestId),
        element('HostId', hostId),
      ]),
    );
  }
}

/** Any failure as an answer: an S3 error as it is, a full disk as one, everything else as InternalError without its text. */
export function asS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new S3Error('InsufficientStorage');
  return new S3Error('InternalError');
}
