import { describeUploadFaults } from './upload-faults.js';

describeUploadFaults('request');
