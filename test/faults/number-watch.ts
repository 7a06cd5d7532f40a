import type { TransferJob } from '../../src/transfer/types.js';

/** Notes each number of a job's that goes back, and a 100 % that comes too early. */
export class NumberWatch {
  readonly falls: string[] = [];

  watch<Job extends TransferJob>(job: Job): Job {
    let acknowledged = 0;
    let progress = 0;
    const items = new Map<number, number>();
    const look = (): void => {
      const { snapshot } = job;
      if (snapshot.bytes.acknowledged < acknowledged) this.falls.push('bytes acknowledged');
      if (snapshot.progress < progress) this.falls.push('progress');
      if (snapshot.progress === 1 && snapshot.endedAt === undefined) this.falls.push('100 % before the end');
      ({ acknowledged } = snapshot.bytes);
      ({ progress } = snapshot);
      for (const item of job.items) {
        if (item.acknowledged < (items.get(item.index) ?? 0)) this.falls.push(`${item.name} acknowledged`);
        items.set(item.index, item.acknowledged);
      }
    };
    job.addEventListener('progress', look);
    job.addEventListener('statechange', look);
    return job;
  }
}
