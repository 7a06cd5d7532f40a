import { describeAwsS3 } from './aws-s3.js';
import { awsS3NetworkRows } from './network.js';

describeAwsS3('parts', awsS3NetworkRows);
