const CHECKSUMS = 'older than x-amz-checksum-*: takes the headers and neither verifies, keeps nor shows them';

/**
 * Tests of the conformance suite that Ceph RGW 16.2 is known to fail, and why. AWS's documentation decides there.
 */
export const CEPH_DIFFERENCES: Record<string, string> = {
  'a key has at most 1024 bytes': 'calls the error InvalidObjectName',
  'DeleteObjects wants a checksum of its body': 'takes a DeleteObjects body without a checksum',
  'DeleteObjects refuses broken XML': 'answers 400 without an error document',
  'conditions on the source of a copy': 'If-None-Match on the source of a copy is not honoured',
  'If-Match replaces only the version it names':
    'If-Match of a put whose object is missing, or has another ETag, is answered without a proper error document',
  'InvalidRange tells the size of the object': 'the error document has no ActualObjectSize',
  'several ranges are answered by the whole object': 'serves the first of several ranges, as 206',
  'what is no byte range is ignored': 'answers an error to a range whose end lies before its start',
  'If-Range serves the range only of the version it names':
    'If-Range is not implemented: the range is served of any version',
  'If-Range takes a date': 'If-Range is not implemented: the range is served of any version',
  'If-None-Match': '304 comes without the ETag',
  'a continuation token that nobody gave is refused': 'its tokens are key names, so any text is one',
  'a bucket tells where it is': 'names its zone group instead of the region',
  'the answer to a completion names the ETag of the object':
    'the answer has an empty ETag; HEAD has the right one',
  'parts that are not listed are left out': 'refuses a completion that leaves out a stored part',
  'parts out of order: InvalidPartOrder': 'sorts the listed parts by itself',
  'part numbers go from 1 to 10000': 'takes part numbers outside 1 to 10000',
  'after an abort the upload is gone': 'a second abort is answered by 500 InternalError',
  'If-None-Match: * on completion keeps what is there': 'completion has no conditions',
  'x-amz-mp-object-size must be the size': 'x-amz-mp-object-size is not read',
  'ListMultipartUploads with a delimiter': 'lists uploads without rolling them up',
  'an expired URL says that it has expired': '403 AccessDenied without a message',
  'the answer to a too long expiry is AuthorizationQueryParametersError': 'says 403 AccessDenied',
  'a signature lacking parameters is refused': 'says 403 AccessDenied',
  'a URL from the future is refused': 'the date of a signed URL is compared with its end only',
  'a URL of another region is refused': 'any region is taken, as long as the signature was made with it',
  'x-amz-* headers that were not signed are refused': 'takes x-amz-* headers that nobody signed',
  'only one way of signing at a time': 'refuses with 403 instead of 400',
  'a stream of the SDK arrives without its framing, its trailer checked':
    'chunks with a trailer are not implemented',
  'a chunk that was changed is refused and stores nothing':
    'calls the error XAmzContentSHA256Mismatch, status 400',
  'CRC32 of a put is verified, kept and shown': CHECKSUMS,
  'a wrong CRC32 is BadDigest and stores nothing': CHECKSUMS,
  'CRC32C of a put is verified, kept and shown': CHECKSUMS,
  'a wrong CRC32C is BadDigest and stores nothing': CHECKSUMS,
  'CRC64NVME of a put is verified, kept and shown': CHECKSUMS,
  'a wrong CRC64NVME is BadDigest and stores nothing': CHECKSUMS,
  'SHA1 of a put is verified, kept and shown': CHECKSUMS,
  'a wrong SHA1 is BadDigest and stores nothing': CHECKSUMS,
  'SHA256 of a put is verified, kept and shown': CHECKSUMS,
  'a wrong SHA256 is BadDigest and stores nothing': CHECKSUMS,
  'the well-known check values': CHECKSUMS,
  'a checksum header that is no checksum is refused': CHECKSUMS,
  'only one checksum at a time': CHECKSUMS,
  'without one the store adds CRC64NVME': CHECKSUMS,
  'a copy keeps or changes the algorithm': CHECKSUMS,
  "CRC32, composite: the checksum of the parts' checksums": CHECKSUMS,
  "CRC32C, composite: the checksum of the parts' checksums": CHECKSUMS,
  "SHA1, composite: the checksum of the parts' checksums": CHECKSUMS,
  "SHA256, composite: the checksum of the parts' checksums": CHECKSUMS,
  'CRC32, full object: the checksum of the whole': CHECKSUMS,
  'CRC32C, full object: the checksum of the whole': CHECKSUMS,
  'CRC64NVME, full object: the checksum of the whole': CHECKSUMS,
  'full object checksums need none of the parts': CHECKSUMS,
  'an upload that names no algorithm gets CRC64NVME of the whole': CHECKSUMS,
  'a part that does not fit its checksum is BadDigest': CHECKSUMS,
  'parts of a composite upload must bring their checksum': CHECKSUMS,
  'the completion of a composite upload must name the checksums, and the right ones': CHECKSUMS,
  'hashes have no full object type, CRC64NVME no composite one': CHECKSUMS,
  'GetObjectAttributes shows the parts of a composite upload':
    'GetObjectAttributes is newer than this version',
  'a preflight from another origin, or for another method, is refused': 'refuses with 400 instead of 403',
  'refused signatures carry CORS headers':
    'a refused signature is answered before the bucket, and so its CORS rules, is looked up',
  'a form stores its file byte for byte': 'the answer to a form has no ETag',
  'fields become headers and metadata': 'of the form fields Cache-Control is not kept',
  'a policy that was changed, or signed with another secret, is refused':
    'says 403 AccessDenied for a wrong signature of a form',
};
