import { describeUploadFaults } from './upload-faults.js';

describeUploadFaults('parts');
