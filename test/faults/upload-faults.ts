import { expect } from '@open-wc/testing';
import { report } from '../tools/local-store.js';
import { networkRows } from './network-rows.js';
import { pageRows } from './page-rows.js';
import type { PlanKind } from './uploads.js';
import { World } from './world.js';

/** Declares the tests of one plan: a file each, so that they run side by side and within a test file's time. */
export function describeUploadFaults(plan: PlanKind): void {
  describe(`faults under an upload: ${plan}`, function () {
    this.timeout(60_000);
    for (const row of networkRows) {
      if (row.plans && !row.plans.includes(plan)) continue;
      it(row.situation, async () => {
        const world = await World.open(plan);
        try {
          await row.before?.(world);
          const file = world.file();
          const job = world.upload([file]);
          await row.during?.(world);
          await world.expectStored(job, [file]);
          expect(await row.after?.(world)).to.equal(undefined);
          await report({ who: 'ours', plan, situation: row.situation, result: 'stored' });
        } finally {
          await world.close();
        }
      });
    }
    for (const row of pageRows) {
      if (row.plans && !row.plans.includes(plan)) continue;
      it(row.situation, async () => {
        const world = await World.open(plan, row.store);
        try {
          await row.run(world);
          await report({ who: 'ours', plan, situation: row.situation, result: row.ends ?? 'stored' });
        } finally {
          await world.close();
        }
      });
    }
  });
}
