import type { Operation } from '../context.js';
import * as buckets from './buckets.js';
import { completeMultipartUpload } from './complete.js';
import { copyObject } from './copy.js';
import { listObjects, listObjectsV2 } from './list.js';
import { listMultipartUploads, listParts } from './list-uploads.js';
import * as multipart from './multipart.js';
import { postObject } from './post.js';
import { getObject, getObjectAttributes, headObject } from './read.js';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './tagging.js';
import { deleteObject, deleteObjects, putObject } from './write.js';

/** By their names in the S3 API. */
export const OPERATIONS: Record<string, Operation> = {
  ListBuckets: buckets.listBuckets,
  CreateBucket: buckets.createBucket,
  HeadBucket: buckets.headBucket,
  DeleteBucket: buckets.deleteBucket,
  GetBucketLocation: buckets.getBucketLocation,
  PutBucketCors: buckets.putBucketCors,
  GetBucketCors: buckets.getBucketCors,
  DeleteBucketCors: buckets.deleteBucketCors,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  GetObject: getObject,
  HeadObject: headObject,
  GetObjectAttributes: getObjectAttributes,
  PutObject: putObject,
  PostObject: postObject,
  CopyObject: copyObject,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  GetObjectTagging: getObjectTagging,
  PutObjectTagging: putObjectTagging,
  DeleteObjectTagging: deleteObjectTagging,
  CreateMultipartUpload: multipart.createMultipartUpload,
  UploadPart: multipart.uploadPart,
  UploadPartCopy: multipart.uploadPartCopy,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: multipart.abortMultipartUpload,
  ListParts: listParts,
  ListMultipartUploads: listMultipartUploads,
};
