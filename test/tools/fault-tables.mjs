/** The tables of faults as Markdown, from what their rows have reported. */

/**
 * @typedef {object} Line one row in one browser, or (`ran`) one file of rows that has been run in both
 * @property {'uploads' | 'downloads' | 'platforms'} [table]
 * @property {'chromium' | 'firefox'} [browser]
 * @property {'ours' | 'aws-s3'} [who]
 * @property {string} [plan] a plan, a way to serve, a platform
 * @property {string} [situation]
 * @property {string} [result] what became of it, in few words
 * @property {number} [recovery] how long it took until things went on after the trouble, in milliseconds
 * @property {string} [ran]
 * @property {boolean} [passed]
 * @property {number} [seconds]
 */

const browserTitles = { chromium: 'Chromium', firefox: 'Firefox' };
const planTitles = { request: 'one request', form: 'form', parts: 'parts' };

/** Of a row that was run again the last report counts. */
function latest(lines) {
  const found = new Map();
  for (const line of lines) {
    if (!line.table) continue;
    found.set([line.table, line.who, line.plan, line.browser, line.situation].join('\n'), line);
  }
  return [...found.values()];
}

/** What became of it: once where it is always the same, else plan by plan, and browser by browser where those differ. */
function ends(lines) {
  const results = new Set(lines.map(({ result }) => result));
  if (results.size <= 1) return [...results][0] ?? '—';
  const groups = new Map();
  for (const { plan, browser, result } of lines) {
    const ofPlan = new Set(lines.filter(line => line.plan === plan).map(line => line.result));
    const of = planTitles[plan] ?? plan;
    const title = ofPlan.size === 1 ? of : `${of}, ${browserTitles[browser]}`;
    groups.set(title, result);
  }
  return [...groups].map(([title, result]) => `${title}: ${result}`).join('; ');
}

const bounds = [0.5, 1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180];

/** The longest of them, as a bound: what a machine does beside it makes such times differ from run to run. */
function within(lines) {
  const times = lines.flatMap(({ recovery }) => (recovery === undefined ? [] : [recovery / 1000]));
  if (times.length === 0) return '';
  const longest = Math.max(...times);
  return `≤ ${bounds.find(bound => longest <= bound) ?? Math.ceil(longest)} s`;
}

const sortKey = situation => {
  const [, number, letter = ''] = /^(\d+)(\w?):/.exec(situation) ?? [];
  return `${(number ?? '99').padStart(3, '0')}${letter}`;
};

function rowsOf(lines) {
  const situations = [...new Set(lines.map(({ situation }) => situation))];
  return situations
    .map((situation, index) => ({ situation, index, key: sortKey(situation) }))
    .sort((one, other) => one.key.localeCompare(other.key) || one.index - other.index)
    .map(({ situation }) => ({
      number: /^(\d+\w?):/.exec(situation)?.[1] ?? '',
      text: situation.replace(/^\d+\w?: /, ''),
      of: lines.filter(line => line.situation === situation),
    }));
}

const tableOf = (headings, rows) =>
  [headings, headings.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');

function uploads(lines) {
  const headings = ['', 'Situation', 'here', 'goes on', '@uppy/aws-s3', 'goes on'];
  return tableOf(
    headings,
    rowsOf(lines).map(({ number, text, of }) => {
      const [ours, theirs] = ['ours', 'aws-s3'].map(who => of.filter(line => line.who === who));
      return [number, text, ends(ours), within(ours), ends(theirs), within(theirs)];
    }),
  );
}

const others = lines =>
  tableOf(
    ['Situation', 'What becomes of it', 'goes on'],
    rowsOf(lines).map(({ text, of }) => [text, ends(of), within(of)]),
  );

const folded = (title, table) => `<details>\n<summary>${title}</summary>\n\n${table}\n\n</details>`;

/**
 * @param {readonly Line[]} all
 * @param {{ day: string, uppy: string, haste: number }} about
 */
export function faultTables(all, { day, uppy, haste }) {
  const lines = latest(all);
  const of = name => lines.filter(({ table }) => table === name);
  const browsers = [...new Set(lines.map(({ browser }) => browserTitles[browser]))].join(' and ');
  const platforms = new Set(of('platforms').map(({ plan }) => plan));
  const about =
    `Written by one run of that command on ${day}: ${browsers}, ${uppy}. “Goes on”: from the end of the trouble until ` +
    `the request is under way that then succeeds (of single requests: until it is repeated), the longest of all plans ` +
    `and browsers. Here it is a bound from above: the engine’s clock ran ${haste} times as fast as the machine, whose own time ` +
    `therefore counts ${haste} times.`;
  return [
    about,
    uploads(of('uploads')),
    folded(
      `Downloads, with ranges and without: ${rowsOf(of('downloads')).length} rows`,
      others(of('downloads')),
    ),
    folded(
      `Platforms (${[...platforms].join('; ')}): ${rowsOf(of('platforms')).length} rows`,
      others(of('platforms')),
    ),
  ].join('\n\n');
}
