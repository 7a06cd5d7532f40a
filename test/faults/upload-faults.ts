import { expect } from '@open-wc/testing';
import { report } from '../tools/local-store.js';
import { networkRows } from './network-rows.js';
import { type PageRow, pageRows } from './page-rows.js';
import type { PlanKind } from './uploads.js';
import { World } from './world.js';

type Told = Pick<PageRow, 'situation' | 'ends' | 'byHand'>;

/** For the table: what became of it, and how long that took. */
async function tell(world: World, { situation, ends: result = 'stored', byHand }: Told): Promise<void> {
  const recovery = byHand ? undefined : await world.recovery();
  await report({ table: 'uploads', who: 'ours', plan: world.plan, situation, result, recovery });
}

/** Declares the tests of one plan: a file each, so that they run side by side and within a test file's time. */
export function describeUploadFaults(plan: PlanKind): void {
  describe(`faults under an upload: ${plan}`, function () {
    this.timeout(120_000);
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
          await tell(world, row);
        } catch (error) {
          if (error instanceof Error) error.message += ` ${world.describe()}`;
          throw error;
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
          await tell(world, row);
        } catch (error) {
          if (error instanceof Error) error.message += ` ${world.describe()}`;
          throw error;
        } finally {
          await world.close();
        }
      });
    }
  });
}
