import { describeAwsS3 } from './aws-s3.js';
import { awsS3PageRows } from './page.js';

describeAwsS3('parts', awsS3PageRows);
