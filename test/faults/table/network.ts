import { networkRows } from '../network-rows.js';
import type { AwsS3Row } from './aws-s3.js';

/** The rows of the network, as they are. */
export const awsS3NetworkRows: readonly AwsS3Row[] = networkRows
  .filter(({ plans }) => !plans || plans.some(plan => plan !== 'form'))
  .map(({ situation, plans, before, during, after }) => ({
    situation,
    ...(plans ? { plans: plans.filter(plan => plan !== 'form') } : {}),
    async run(page) {
      await before?.(page);
      page.add();
      const finished = page.uppy.upload();
      await during?.(page);
      const result = await page.outcome(finished);
      const otherwise = await after?.(page);
      if (otherwise) page.remarks.add(otherwise);
      return result;
    },
  }));
