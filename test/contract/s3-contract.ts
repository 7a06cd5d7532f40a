import type { ContractOptions } from './describe-adapter.js';
import { allFunctions } from './memory-contract.js';

/** What is the same for every S3 and every way to sign. */
export const s3Contract: Pick<ContractOptions, 'functions' | 'reportsChecksums'> = {
  functions: allFunctions,
  reportsChecksums: true,
};

/** Reasons for a refused signature: a page may not be told more than that there was no readable answer. */
export const refusedSignature = ['wrong-credentials', 'cors-or-network'];
