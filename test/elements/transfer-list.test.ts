import { aTimeout, expect, fixture, html, oneEvent } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferError } from '../../src/core/errors.js';
import type { TransferJobElement } from '../../src/elements/transfer-list/parts/transfer-job.js';
import type { FilterChangeEvent } from '../../src/elements/transfer-list/transfer-list.events.js';
import { TransferListElement } from '../../src/elements/transfer-list/transfer-list.js';
import { managerFor } from '../../src/transfer/backends.js';
import { bigJob, FakeJob, FakeManager, forbidden, offline } from './fakes.js';
import { until } from './until.js';

TransferListElement.define();

const plain = (text: string | null | undefined) => (text ?? '').replace(/[\s\u00A0]+/g, ' ').trim();

async function make(manager: FakeManager) {
  const element = await fixture<TransferListElement>(
    html`<transfer-list .manager=${manager.asManager}></transfer-list>`,
  );
  await settle(element);
  return element;
}

const jobsOf = (element: TransferListElement) => [
  ...element.shadowRoot!.querySelectorAll<TransferJobElement>('transfer-list-job'),
];
const rowsOf = (job: TransferJobElement) => [...job.shadowRoot!.querySelectorAll<HTMLElement>('[part=item]')];
const nameOf = (row: HTMLElement) => row.querySelector('[part=name]')!.textContent;
const gridOf = (job: TransferJobElement) => job.shadowRoot!.querySelector<HTMLElement>('[role=grid]')!;

async function settle(element: TransferListElement) {
  await element.updateComplete;
  for (const job of jobsOf(element)) await job.updateComplete;
  await aTimeout(60);
}

const small = () =>
  new FakeJob('upload', 'plate 7', [
    ['a/one.tiff', 4000],
    ['a/two.tiff', 4000],
    ['a/three.tiff', 4000],
    ['a/four.txt', 900],
  ]);

describe('<transfer-list>', () => {
  it('says what would show up while it is empty', async () => {
    const element = await make(new FakeManager());
    expect(element.matches(':state(empty)')).to.equal(true);
    expect(plain(element.shadowRoot!.textContent)).to.contain('No transfers yet.');
    await expect(element).to.be.accessible();
  });

  it('shows jobs that were there and jobs that come, newest first', async () => {
    const manager = new FakeManager();
    manager.add(small());
    const element = await make(manager);
    expect(jobsOf(element).length).to.equal(1);
    manager.add(new FakeJob('download', 'later.bam', [['later.bam', 10]]));
    await settle(element);
    expect(jobsOf(element).map(job => job.job!.label)).to.deep.equal(['later.bam', 'plate 7']);
    expect(element.matches(':state(active)')).to.equal(true);
  });

  it('gives one line of totals', async () => {
    const manager = new FakeManager();
    const job = manager.add(small());
    job.set(0, 'done').set(1, 'active', { bytes: 1000 });
    job.speed = 2_000_000;
    job.secondsLeft = 95;
    const element = await make(manager);
    const totals = plain(element.shadowRoot!.querySelector('[part=totals] .numbers')!.textContent);
    expect(totals).to.contain('1 of 4 files');
    expect(totals).to.contain('4.88 KiB of 12.6 KiB');
    expect(totals).to.contain('1.9 MiB/s');
    expect(totals).to.contain('1 min 40 sec left');
  });

  const totalsOf = (element: TransferListElement) =>
    plain(element.shadowRoot!.querySelector('[part=totals]')!.textContent);

  it('never calls done what was cancelled', async () => {
    const manager = new FakeManager();
    manager
      .add(new FakeJob('upload', 'kept.txt', [['kept.txt', 1024]]))
      .set(0, 'done')
      .end();
    const stopped = manager.add(
      new FakeJob('upload', '2 files', [
        ['a.bin', 40 * 1024 ** 2],
        ['b.bin', 40 * 1024 ** 2],
      ]),
    );
    stopped.set(0, 'active', { bytes: 1000 });
    await stopped.cancel();
    const element = await make(manager);
    expect(totalsOf(element)).to.contain('Partly done');
    expect(totalsOf(element)).to.contain('1 of 3 files');
    expect(totalsOf(element)).to.contain('1 KiB of 80 MiB');
    expect(totalsOf(element)).to.contain('2 cancelled');
    expect(element.shadowRoot!.querySelector('.headline .success')).to.equal(null);
    const [row] = jobsOf(element);
    expect(row!.shadowRoot!.querySelector('.success, .danger')).to.equal(null);
    await expect(element).to.be.accessible();
  });

  it('shows no failure where a person only cancelled one of several files', async () => {
    const manager = new FakeManager();
    const job = manager.add(small());
    job.set(0, 'done').set(1, 'done').set(2, 'done').set(3, 'cancelled').end();
    const element = await make(manager);
    const [row] = jobsOf(element);
    expect(job.snapshot.state).to.equal('incomplete');
    expect(row!.shadowRoot!.querySelector('.danger')).to.equal(null);
    expect(plain(row!.shadowRoot!.textContent)).to.contain('Partly done');
    expect(plain(row!.shadowRoot!.textContent)).not.to.contain('Not complete');
  });

  it('has no green tick when every file was skipped', async () => {
    const manager = new FakeManager();
    const job = manager.add(small());
    for (const index of [0, 1, 2, 3]) job.set(index, 'skipped', { result: { skipped: 'exists' } });
    job.end();
    const [row] = jobsOf(await make(manager));
    expect(row!.shadowRoot!.querySelector('.job-state.success')).to.equal(null);
    expect(plain(row!.shadowRoot!.querySelector('.job-state')!.textContent)).to.equal('Skipped');
  });

  it('shows speed and time only once something was confirmed', async () => {
    const manager = new FakeManager();
    const job = manager.add(small());
    job.set(0, 'active', { bytes: 0 });
    job.speed = 2_000_000;
    job.secondsLeft = 95;
    const element = await make(manager);
    expect(totalsOf(element)).not.to.match(/MiB\/s|left/);
    job.set(0, 'active', { bytes: 10 }).tell('progress', 'statechange');
    await settle(element);
    expect(totalsOf(element)).to.match(/MiB\/s/);
    job.speed = undefined;
    job.tell('statechange');
    await settle(element);
    expect(totalsOf(element), 'no time without the speed it comes from').not.to.contain('left');
  });

  it('says nothing of verification, and no bytes, where none are moved', async () => {
    const manager = new FakeManager();
    const removal = manager.add(new FakeJob('remove', 'old.txt', [['old.txt', 1000]]));
    removal.items.setResult(0, { path: 'old.txt', size: 0, checksums: [] });
    removal.items.setState(0, 'done');
    removal.end();
    const element = await make(manager);
    const [row] = jobsOf(element);
    expect(plain(row!.shadowRoot!.textContent)).to.contain('Done');
    row!.shadowRoot!.querySelector<HTMLElement>('[data-action=details]')!.click();
    await settle(element);
    expect(plain(row!.shadowRoot!.querySelector('.details')!.textContent)).not.to.match(/verified|compared/i);
    expect(plain(row!.shadowRoot!.textContent)).not.to.match(/verified|compared/i);
  });

  it('puts what failed first, with reason, and what was verified at each file', async () => {
    const manager = new FakeManager();
    const job = manager.add(small());
    job.set(0, 'done').set(1, 'active', { bytes: 100 }).set(2, 'failed', { error: forbidden });
    job.set(3, 'skipped', { result: { skipped: 'same' } });
    const element = await make(manager);
    const rows = rowsOf(jobsOf(element)[0]!);
    expect(rows.map(nameOf)).to.deep.equal(['three.tiff', 'two.tiff', 'one.tiff', 'four.txt']);
    expect(plain(rows[0]!.textContent)).to.contain(forbidden.message);
    expect(plain(rows[2]!.textContent)).to.contain('Verified by the storage: CRC-64/NVME');
    expect(plain(rows[3]!.textContent)).to.contain('identical');
    await expect(element).to.be.accessible();
  });

  it('pauses, resumes, cancels, retries and dismisses by buttons', async () => {
    const manager = new FakeManager();
    const job = manager.add(small());
    job.set(0, 'active');
    const element = await make(manager);
    const press = async (action: string) => {
      jobsOf(element)[0]!
        .shadowRoot!.querySelector<HTMLElement>(`[part="job-actions"] [data-action=${action}]`)!
        .click();
      await settle(element);
    };
    await press('pause');
    await expect(element).to.be.accessible();
    await press('resume');
    job.set(0, 'failed', { error: forbidden }).tell('itemchange', 'statechange');
    await settle(element);
    await press('retry');
    await press('cancel');
    expect(job.calls).to.deep.equal(['pause all', 'resume all', 'retry all', 'cancel all']);
    await press('dismiss');
    expect(manager.jobs).to.deep.equal([]);
    expect(element.matches(':state(empty)')).to.equal(true);
  });

  it('tries again what was left to do when all files had come', async () => {
    const manager = new FakeManager();
    const job = manager.add(small());
    for (const index of [0, 1, 2, 3]) job.set(index, 'done');
    job.end();
    // An archive that could not be put into its place.
    const { snapshot } = job;
    Object.defineProperty(job, 'snapshot', {
      value: { ...snapshot, state: 'incomplete', reason: forbidden },
    });
    job.isRetryable = () => true;
    const element = await make(manager);
    jobsOf(element)[0]!.shadowRoot!.querySelector<HTMLElement>('[data-action=retry]')!.click();
    expect(job.calls).to.deep.equal(['retry all']);
  });

  it('says in full why files failed, and what to do, once for all of them', async () => {
    const manager = new FakeManager();
    const full = new TransferError('The storage is full. Free some space there, then try again.', {
      kind: 'fatal',
      reason: 'storage-full',
    });
    const job = manager.add(small());
    for (const index of [0, 1, 2]) {
      // As adapters say it: with a reference that no two requests share.
      const reference = { status: 507, requestId: `ID${index}` };
      const said = `${full.message} (507 Full, request ID${index})`;
      const error = new TransferError(said, { kind: 'fatal', reason: 'storage-full', ...reference });
      job.set(index, 'failed', { error });
    }
    const common = `${full.message} (507 Full)`;
    const element = await make(manager);
    const line = jobsOf(element)[0]!;
    const reasons = () =>
      [...line.shadowRoot!.querySelectorAll<HTMLElement>('[part=reason]')].map(each =>
        plain(each.textContent),
      );
    expect(reasons()).to.deep.equal([common]);
    // What a row shows of it is its first sentence, whole.
    const [text] = [...rowsOf(line)[0]!.querySelectorAll<HTMLElement>('.text')];
    expect(plain(text!.textContent)).to.equal(`${full.message} (507 Full, request ID0)`);
    expect(text!.querySelector('.visually-hidden')!.textContent).to.contain('Free some space there');
    job.reason = job.items.at(0)!.error;
    job.set(3, 'failed', { error: forbidden }).end();
    await settle(element);
    expect(reasons()).to.deep.equal([`3 files: ${common}`, `1 file: ${forbidden.message}`]);
    await expect(element).to.be.accessible();
  });

  it('says why it waits, once, and no longer when only a person’s answer is missing', async () => {
    const manager = new FakeManager();
    const away = new TransferError('No connection to http://127.0.0.1:9. What is stored stays.', {
      kind: 'wait',
      reason: 'cors-or-network',
    });
    const slow = new TransferError('The storage asked to slow down.', {
      kind: 'retry',
      reason: 'rate-limited',
    });
    const job = manager.add(small());
    for (const index of [1, 2, 3]) job.set(index, 'done');
    job.set(0, 'waiting', { error: away }).reason = away;
    const element = await make(manager);
    const reasons = () =>
      [...jobsOf(element)[0]!.shadowRoot!.querySelectorAll<HTMLElement>('[part=reason]')].map(each =>
        plain(each.textContent),
      );
    expect(reasons().length).to.equal(1);
    expect(reasons()[0]).to.contain(
      'The storage cannot be reached, or refuses this page. 3 of 4 files are safe',
    );
    expect(reasons()[0]).not.to.match(/127/u);
    job.reason = slow;
    job.tell('statechange');
    await settle(element);
    expect(reasons()).to.deep.equal([`${slow.message} It goes on by itself.`]);
    job.set(0, 'needs-answer').tell('itemchange', 'statechange');
    await settle(element);
    expect(plain(jobsOf(element)[0]!.shadowRoot!.textContent)).to.contain('Needs your answer');
    expect(reasons()).to.deep.equal([]);
  });

  it('says when a waiting file is tried again, and that a failed one is not', async () => {
    const manager = new FakeManager();
    const busy = new TransferError('The storage had a problem of its own (503).', {
      kind: 'retry',
      reason: 'server',
      status: 503,
    });
    const job = manager.add(small());
    for (const index of [2, 3]) job.set(index, 'done');
    job.set(0, 'waiting', { error: busy, nextTry: { attempt: 4, at: Date.now() + 24_500 } });
    job.set(1, 'waiting', { error: busy, nextTry: { attempt: 3, at: Date.now() + 14_500 } });
    job.reason = busy;
    const element = await make(manager);
    const [line] = jobsOf(element);
    const rows = () =>
      Object.fromEntries(
        rowsOf(line!).map(row => [nameOf(row), plain(row.querySelector('.text')!.textContent)]),
      );
    const reasons = () =>
      [...line!.shadowRoot!.querySelectorAll('[part=reason]')].map(each => plain(each.textContent));
    expect(rows()['one.tiff']).to.equal(`${busy.message} Tries again in 25 sec (attempt 4).`);
    expect(rows()['two.tiff']).to.equal(`${busy.message} Tries again in 15 sec (attempt 3).`);
    // Of all that wait, the one that is tried first.
    expect(reasons()).to.deep.equal([`${busy.message} Tries again in 15 sec (attempt 3).`]);
    const seen = [...rowsOf(line!)[0]!.querySelectorAll('.text .visually-hidden')];
    expect(seen, 'nothing of it is only for screen readers').to.deep.equal([]);
    job.items.setNextTry(1, { attempt: 3, at: Date.now() + 4_000 });
    await until(() => rows()['two.tiff']!.includes('in 5 sec'));
    job.set(0, 'failed', { error: busy }).set(1, 'failed', { error: busy }).end();
    await settle(element);
    expect(rows()['one.tiff']).to.equal(`${busy.message} It was tried several times; try again later.`);
    expect(reasons()).to.deep.equal([`${busy.message} It was tried several times; try again later.`]);
    expect(plain(line!.shadowRoot!.textContent)).not.to.match(/tries again in|by itself/iu);
  });

  it('keeps the focus when the button that had it goes with what it was for', async () => {
    const manager = new FakeManager();
    const first = manager.add(small());
    first.set(0, 'active');
    manager.add(small()).set(0, 'active');
    const element = await make(manager);
    const older = () => jobsOf(element).at(-1)!;
    const press = async (action: string) => {
      older().shadowRoot!.querySelector<HTMLElement>(`.actions [data-action=${action}]`)!.focus();
      await sendKeys({ press: 'Enter' });
      await settle(element);
    };
    const focused = () => {
      const active = document.activeElement?.shadowRoot?.activeElement;
      return (active?.shadowRoot?.activeElement ?? active) as HTMLElement | null;
    };
    await press('pause');
    expect(focused()?.dataset.action).to.equal('resume');
    await press('cancel');
    expect(first.calls).to.deep.equal(['pause all', 'cancel all']);
    expect(older().shadowRoot!.activeElement?.part.contains('toggle')).to.equal(true);
    await press('dismiss');
    expect(manager.jobs.length).to.equal(1);
    expect(older().shadowRoot!.activeElement?.part.contains('toggle')).to.equal(true);
    await press('cancel');
    element.shadowRoot!.querySelector<HTMLElement>('[data-action=clear]')!.focus();
    await sendKeys({ press: 'Enter' });
    await settle(element);
    expect(focused()?.classList.contains('empty')).to.equal(true);
  });

  it('names jobs by their files, never by the storage or a number alone', async () => {
    const manager = new FakeManager();
    const jobs: [FakeJob, string, string][] = [
      [
        new FakeJob('upload', 'x', [
          ['x/reads.bam', 1],
          ['x/other.bam', 1],
        ]),
        'Upload',
        'x',
      ],
      [
        new FakeJob('upload', 'reads.bam + 2', [
          ['reads.bam', 1],
          ['b.bam', 1],
          ['c.bam', 1],
        ]),
        'Upload',
        'reads.bam and 2 more',
      ],
      [
        new FakeJob('upload', 'set', [
          ['runs/set/a', 1],
          ['runs/set/b', 1],
        ]),
        'Upload',
        'set',
      ],
      [new FakeJob('upload', 'lab', [['new.csv', 1]]), 'Upload', 'new.csv'],
      [
        new FakeJob('remove', 'a.txt + 4', [
          ['docs/a.txt', undefined],
          ['b.txt', undefined],
        ]),
        'Delete',
        'a.txt and 4 more',
      ],
      [
        new FakeJob('download', 'a.txt + 2', [
          ['a.txt', 1],
          ['b.txt', 1],
          ['c.txt', 1],
        ]),
        'Download',
        'a.txt and 2 more',
      ],
      [
        new FakeJob('download', '2026', [
          ['runs/2026/a.txt', 1],
          ['runs/2026/b.txt', 1],
        ]),
        'Download',
        '2026',
      ],
      [
        new FakeJob('download', 'x + 3', [
          ['runs/x + 3/a.txt', 1],
          ['runs/x + 3/b.txt', 1],
        ]),
        'Download',
        'x + 3',
      ],
      [new FakeJob('move', 'new.txt', [['docs/old.txt', undefined]]), 'Rename', 'old.txt → new.txt'],
      [new FakeJob('move', 'same.txt', [['docs/same.txt', undefined]]), 'Move', 'same.txt'],
    ];
    for (const [job] of jobs) manager.add(job).set(0, 'active');
    const element = await make(manager);
    const lines = jobsOf(element).reverse();
    const titles = lines.map(line => plain(line.shadowRoot!.querySelector('.title')!.textContent));
    expect(titles).to.deep.equal(jobs.map(([, kind, name]) => `${kind} ${name}`));
    const cancels = lines.map(line => line.shadowRoot!.querySelector('[data-action=cancel]')!.ariaLabel);
    expect(cancels).to.deep.equal(jobs.map(([, , name]) => `Cancel ${name}`));
    await expect(element).to.be.accessible();
  });

  it('finds what was put off, under its own word', async () => {
    const manager = new FakeManager();
    const taken = new TransferError('Taken.', { kind: 'fatal', reason: 'exists' });
    const job = manager.add(small());
    job.set(0, 'done').set(1, 'cancelled', { error: taken }).set(2, 'cancelled').set(3, 'skipped').end();
    const element = await make(manager);
    const line = () => jobsOf(element)[0]!;
    const text = () => plain(line().shadowRoot!.textContent);
    expect(plain(element.shadowRoot!.querySelector('.numbers')!.textContent)).to.contain(
      '1 put off · 1 cancelled'.split(' · ')[0],
    );
    expect(text()).to.contain('1 file was put off because its name is taken. Try it again to be asked.');
    // Before what has ended: it is what is left to do.
    expect(rowsOf(line()).map(nameOf)).to.deep.equal(['two.tiff', 'one.tiff', 'three.tiff', 'four.txt']);
    const filter = element.shadowRoot!.querySelector<HTMLInputElement>('input[value=failed]')!;
    expect(plain(filter.parentElement!.textContent)).to.equal('Failed or put off 1');
    filter.click();
    await settle(element);
    expect(rowsOf(line()).map(nameOf)).to.deep.equal(['two.tiff']);
    await expect(element).to.be.accessible();
    const all = manager.add(
      new FakeJob('upload', 'x', [
        ['x/a', 1],
        ['x/b', 1],
      ]),
    );
    all.set(0, 'cancelled', { error: taken }).set(1, 'cancelled', { error: taken }).end();
    await settle(element);
    expect(plain(line().shadowRoot!.querySelector('.job-state')!.textContent)).to.equal('Put off');
  });

  it('counts a failed deletion where its heading speaks of it', async () => {
    const manager = new FakeManager();
    const stored = manager.add(small());
    for (const index of [0, 1, 2, 3]) stored.set(index, 'done');
    stored.end();
    const gone = manager.add(new FakeJob('remove', 'a.txt', [['a.txt', undefined]]));
    gone.set(0, 'failed', { error: forbidden }).end();
    const element = await make(manager);
    const summary = plain(element.shadowRoot!.querySelector('.summary .totals')!.textContent);
    expect(summary).to.contain('Not complete').and.to.contain('1 failed');
  });

  it('is there again when it is put back into the page', async () => {
    const adapter = memory();
    const manager = managerFor(adapter);
    const element = await fixture<TransferListElement>(
      html`<transfer-list .adapter=${adapter}></transfer-list>`,
    );
    const job = manager.upload([new File(['x'], 'x')]);
    await job.finished;
    await until(() => jobsOf(element).length === 1);
    const place = element.parentElement!;
    element.remove();
    await aTimeout(50);
    place.append(element);
    await until(() => jobsOf(element).length === 1);
    manager.dismiss(job);
  });

  it('is worked by keys alone', async () => {
    const manager = new FakeManager();
    const job = manager.add(small());
    job.set(0, 'failed', { error: forbidden }).set(1, 'active', { bytes: 100 });
    const element = await make(manager);
    const item = jobsOf(element)[0]!;
    const grid = gridOf(item);
    grid.focus();
    await item.updateComplete;
    expect(grid.getAttribute('aria-activedescendant')).to.equal('item-0');
    await sendKeys({ press: 'r' });
    expect(job.calls).to.deep.equal(['retry 0']);
    await settle(element);
    await sendKeys({ press: 'Home' });
    await sendKeys({ press: 'ArrowDown' });
    await item.updateComplete;
    expect(grid.getAttribute('aria-activedescendant')).to.equal('item-1');
    await sendKeys({ press: 'Space' });
    await sendKeys({ press: 'Space' });
    await sendKeys({ press: 'Delete' });
    expect(job.calls).to.deep.equal(['retry 0', 'pause 1', 'resume 1', 'cancel 1']);
    await sendKeys({ press: 'End' });
    await item.updateComplete;
    // What was cancelled has gone to the end; the focus follows the file, not the place.
    expect(grid.getAttribute('aria-activedescendant')).to.equal(rowsOf(item).at(-1)!.id);
  });

  it('shows status and request id one key away, gives the focus back, and copies no secret', async () => {
    const manager = new FakeManager();
    const job = manager.add(small());
    job.set(0, 'failed', { error: forbidden });
    const element = await make(manager);
    const item = jobsOf(element)[0]!;
    gridOf(item).focus();
    await sendKeys({ press: 'Enter' });
    await item.updateComplete;
    const details = item.shadowRoot!.querySelector<HTMLElement>('[part=details]')!;
    expect(details.matches(':popover-open')).to.equal(true);
    expect(item.shadowRoot!.activeElement === details).to.equal(true);
    for (const text of ['403', 'AccessDenied', '7F2AC41D9B', 'a/one.tiff'])
      expect(plain(details.textContent)).to.contain(text);
    await expect(element).to.be.accessible();
    await sendKeys({ press: 'Escape' });
    await until(() => !details.matches(':popover-open'));
    expect(item.shadowRoot!.activeElement === gridOf(item)).to.equal(true);
  });

  it('filters', async () => {
    const manager = new FakeManager();
    const bad = manager.add(small());
    bad.set(0, 'failed', { error: forbidden }).set(1, 'done').set(2, 'done').set(3, 'done').end();
    manager.add(small()).set(0, 'active');
    const element = await make(manager);
    const choice = oneEvent(element, 'filter-change') as Promise<Event> as Promise<FilterChangeEvent>;
    element.shadowRoot!.querySelector<HTMLInputElement>('input[value=failed]')!.click();
    expect((await choice).filter).to.equal('failed');
    await settle(element);
    expect(jobsOf(element).map(job => job.job)).to.deep.equal([bad]);
    expect(rowsOf(jobsOf(element)[0]!).map(nameOf)).to.deep.equal(['one.tiff']);
    await expect(element).to.be.accessible();
    bad.retryFailed();
    await settle(element);
    expect(plain(element.shadowRoot!.textContent)).to.contain('Nothing has failed.');
    element.filter = 'active';
    await settle(element);
    expect(jobsOf(element).length).to.equal(2);
  });

  it('shows that a file is being completed, and offers no pause then', async () => {
    const manager = new FakeManager();
    const job = manager.add(new FakeJob('download', 'reads.bam', [['reads.bam', 3000]]));
    job.set(0, 'active', { bytes: 3000 });
    const element = await make(manager);
    const [row] = jobsOf(element);
    const state = () => plain(row!.shadowRoot!.querySelector('.job-state')?.textContent);
    const button = (action: string) =>
      row!.shadowRoot!.querySelector<HTMLElement>(`.actions [data-action=${action}]`);
    expect(state()).to.equal('');
    button('pause')!.focus();
    job.set(0, 'finishing').tell('itemchange');
    await until(() => state() === 'Finishing');
    expect(button('pause')).to.equal(null);
    expect(button('cancel')).not.to.equal(null);
    // No button is left that does no harm when the key is pressed once more.
    expect(row!.shadowRoot!.activeElement?.part.contains('job-header')).to.equal(true);
    await expect(element).to.be.accessible();
    // Too late to cancel: what is there is done.
    job.cancel = async () => void job.set(0, 'done').end();
    button('cancel')!.click();
    await settle(element);
    expect(state()).to.equal('Done');
  });

  it('does not call an empty folder done', async () => {
    const manager = new FakeManager();
    const element = await make(manager);
    const said: string[] = [];
    Object.assign(element, { ariaNotify: (text: string) => said.push(text) });
    const job = manager.add(new FakeJob('download', 'empty', []));
    job.end();
    await settle(element);
    const [row] = jobsOf(element);
    expect(row!.shadowRoot!.querySelector('.success')).to.equal(null);
    expect(plain(row!.shadowRoot!.querySelector('.job-state')!.textContent)).to.equal('Nothing to save');
    expect(plain(element.shadowRoot!.querySelector('[part=totals]')!.textContent)).to.contain('0 files');
    await until(() => said.join(' ').includes('empty: no files, nothing was saved.'));
    element.locale = 'de';
    await until(() => plain(row!.shadowRoot!.textContent).includes('Nichts zu speichern'));
    await expect(element).to.be.accessible();
  });

  it('shows the only file of a job in its own line', async () => {
    const manager = new FakeManager();
    const job = manager.add(new FakeJob('upload', 'notes.pdf', [['notes.pdf', 3000]]));
    job.set(0, 'waiting', { error: offline }).reason = offline;
    const element = await make(manager);
    const item = jobsOf(element)[0]!;
    expect(gridOf(item) === null).to.equal(true);
    expect(plain(item.shadowRoot!.textContent)).to.contain('No connection. It goes on by itself.');
    job.set(0, 'failed', { error: forbidden }).end();
    await settle(element);
    expect(plain(item.shadowRoot!.textContent)).to.contain(forbidden.message);
    await expect(element).to.be.accessible();
  });

  it('speaks at start and end', async () => {
    const manager = new FakeManager();
    const element = await make(manager);
    const said: string[] = [];
    Object.assign(element, { ariaNotify: (text: string) => said.push(text) });
    const job = manager.add(small());
    job.set(0, 'active').tell('statechange');
    await until(() => said.length === 1);
    expect(said[0]).to.equal('Upload of 4 files started.');
    for (let index = 0; index < 4; index++) job.set(index, index === 0 ? 'failed' : 'done');
    job.end();
    await until(() => said.length === 2);
    expect(said[1]).to.equal('plate 7: ended, 1 of 4 failed.');
  });

  it('scrolls 100,000 files to the exact last one, with few of them in the page', async () => {
    const manager = new FakeManager();
    manager.add(bigJob(100_000));
    const element = await make(manager);
    const item = jobsOf(element)[0]!;
    const grid = gridOf(item);
    expect(grid.getAttribute('aria-rowcount')).to.equal('100000');
    expect(rowsOf(item).length).to.be.lessThan(30);
    grid.scrollTop = grid.scrollHeight;
    await until(() => rowsOf(item).some(row => row.getAttribute('aria-rowindex') === '100000'));
    expect(rowsOf(item).length).to.be.lessThan(30);
    const last = rowsOf(item).at(-1)!.getBoundingClientRect();
    expect(last.bottom).to.be.closeTo(grid.getBoundingClientRect().bottom, 2);
    grid.focus();
    await sendKeys({ press: 'Home' });
    await until(() => rowsOf(item)[0]?.getAttribute('aria-rowindex') === '1');
    await sendKeys({ press: 'End' });
    await until(() => rowsOf(item).at(-1)?.getAttribute('aria-rowindex') === '100000');
    expect(item.shadowRoot!.activeElement === grid).to.equal(true);
    await expect(element).to.be.accessible();
    // Assistive technology is never led to a row that is not in the page.
    const current = () => grid.getAttribute('aria-activedescendant');
    const lastRow = current()!;
    expect(item.shadowRoot!.getElementById(lastRow) === null).to.equal(false);
    grid.scrollTop = 0;
    await until(() => rowsOf(item)[0]?.getAttribute('aria-rowindex') === '1');
    expect(current()).to.equal(null);
    grid.scrollTop = grid.scrollHeight;
    await until(() => current() === lastRow);
  });

  it('keeps up with progress without a render for every event', async () => {
    const manager = new FakeManager();
    const job = manager.add(bigJob(10_000));
    const element = await make(manager);
    let renders = 0;
    const { requestUpdate } = element;
    element.requestUpdate = (...args: Parameters<typeof requestUpdate>) => {
      if (args.length === 0) renders++;
      requestUpdate.apply(element, args);
    };
    for (let turn = 0; turn < 200; turn++) job.tell('progress');
    await aTimeout(400);
    expect(renders).to.be.greaterThan(0);
    expect(renders).to.be.lessThan(5);
  });

  it('shows the first of very many jobs, and the rest when asked', async () => {
    const manager = new FakeManager();
    for (let index = 0; index < 60; index++)
      manager.add(new FakeJob('download', `${index}.bin`, [[`${index}.bin`, 10]]));
    const element = await make(manager);
    expect(jobsOf(element).length).to.equal(25);
    element.shadowRoot!.querySelector<HTMLElement>('.more button')!.click();
    await settle(element);
    expect(jobsOf(element).length).to.equal(60);
  });

  it('follows every storage of the page when none is named, and the real engine', async () => {
    const element = await fixture<TransferListElement>(html`<transfer-list></transfer-list>`);
    const manager = managerFor(memory());
    const job = manager.upload([new File(['hello'], 'hello.txt'), new File(['there'], 'there.txt')], {
      into: 'x/',
    });
    await job.finished;
    await until(() => jobsOf(element).some(item => item.job === job));
    const item = jobsOf(element).find(candidate => candidate.job === job)!;
    await until(() => rowsOf(item).length === 2);
    expect(plain(rowsOf(item)[0]!.textContent)).to.match(/Verified|size/);
    element.clearEnded();
    await element.updateComplete;
    expect(manager.jobs.includes(job)).to.equal(false);
    expect(jobsOf(element).some(candidate => candidate.job === job)).to.equal(false);
  });

  it('stays within 320 pixels', async () => {
    const manager = new FakeManager();
    const job = manager.add(bigJob(50));
    job.set(0, 'failed', { error: forbidden });
    const box = await fixture<HTMLElement>(html`<div></div>`);
    box.style.width = '288px';
    const element = document.createElement('transfer-list');
    element.manager = manager.asManager;
    box.append(element);
    await settle(element);
    for (const root of [element, ...jobsOf(element)])
      for (const inner of root.shadowRoot!.querySelectorAll<HTMLElement>('*'))
        if (!inner.closest('[popover], .visually-hidden') && inner.checkVisibility())
          expect(inner.getBoundingClientRect().right, inner.className).to.be.at.most(
            box.getBoundingClientRect().right + 1,
          );
  });
});
