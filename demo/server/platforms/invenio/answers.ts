/** Records and files as the API writes them. */
import type { Exchange } from '../shared/index.js';
import { type Context, type Opened, originOf } from './context.js';
import type { Area, Face, FileState, RecordState } from './model.js';
import { partLinks } from './parts.js';

/** With microseconds, which tell two entries of one name apart. */
function iso(time: number): string {
  const [whole, micros] = [Math.floor(time), Math.round((time % 1) * 1000)];
  return new Date(whole).toISOString().replace('Z', `${String(micros).padStart(3, '0')}+00:00`);
}
const encodePath = (key: string) => key.split('/').map(encodeURIComponent).join('/');

export function recordUrl(context: Context, exchange: Exchange, id: string, draft: boolean): string {
  return `${originOf(exchange)}${context.recordsPath}/${id}${draft ? '/draft' : ''}`;
}

export async function fileAnswer(
  context: Context,
  exchange: Exchange,
  { record, draft }: Pick<Opened, 'record' | 'draft'>,
  area: Area,
  file: FileState,
): Promise<Record<string, unknown>> {
  const { quirks } = context;
  const self = `${recordUrl(context, exchange, record.id, draft)}/${area}/${encodePath(file.key)}`;
  const inParts = file.status === 'pending' && file.transfer.type === 'M';
  const { url: _url, ...transfer } = file.transfer;
  return {
    key: file.key,
    created: iso(file.created),
    updated: iso(file.updated),
    status: file.status,
    ...(file.size === undefined ? {} : { size: file.size }),
    ...(file.status === 'completed' ? { mimetype: mimeTypeOf(file.key) } : {}),
    ...(file.checksum === undefined ? {} : { checksum: file.checksum }),
    metadata: file.metadata,
    access: { hidden: file.hidden },
    ...(quirks.oldEntries ? {} : { transfer }),
    ...(file.status === 'completed'
      ? { file_id: file.fileId, version_id: file.versionId, bucket_id: record.parent }
      : {}),
    storage_class: quirks.oldEntries ? 'S' : file.transfer.type,
    links: {
      self,
      ...(inParts
        ? { parts: await partLinks(context, file, `${self}/content`) }
        : { content: `${self}/content` }),
      ...(draft ? { commit: `${self}/commit` } : {}),
    },
  };
}

/** JSON has one kind of number; old servers wrote `1234.0`. */
export function withOldSizes({ quirks }: Context, json: string): string {
  return quirks.oldEntries ? json.replace(/"size":(\d+)(?=[,}])/g, '"size":$1.0') : json;
}

export async function filesAnswer(
  context: Context,
  exchange: Exchange,
  opened: Opened,
  area: Area,
): Promise<Record<string, unknown>> {
  const self = `${recordUrl(context, exchange, opened.record.id, opened.draft)}/${area}`;
  const links = { self, archive: `${self}-archive` };
  if (!opened.face.enabled) return { enabled: false, links };
  const entries = [];
  // A copy: files come and go while each is described.
  for (const file of [...opened.face.areas[area]]) {
    entries.push(await fileAnswer(context, exchange, opened, area, file));
  }
  return { enabled: true, links, default_preview: null, order: [], entries };
}

export function recordAnswer(
  context: Context,
  exchange: Exchange,
  record: RecordState,
  face: Face,
): Record<string, unknown> {
  const draft = record.draft === face;
  const self = recordUrl(context, exchange, record.id, draft);
  const base = recordUrl(context, exchange, record.id, false);
  const done = face.areas.files.filter(file => file.status === 'completed');
  const html = `${originOf(exchange)}${draft ? '/uploads' : '/records'}/${record.id}`;
  return {
    id: record.id,
    created: iso(face.created),
    updated: iso(face.updated),
    revision_id: face.revision,
    is_published: record.published !== undefined,
    is_draft: draft,
    status: draft
      ? record.published
        ? 'draft'
        : record.version > 1
          ? 'new_version_draft'
          : 'draft'
      : 'published',
    versions: { index: record.version, is_latest: true, is_latest_draft: draft },
    parent: { id: record.parent, access: { owned_by: { user: record.owner } }, communities: {} },
    access: face.access,
    metadata: face.metadata,
    custom_fields: {},
    pids: {},
    files: {
      enabled: face.enabled,
      order: [],
      count: done.length,
      total_bytes: done.reduce((sum, { size = 0 }) => sum + size, 0),
    },
    links: {
      self,
      self_html: html,
      ...(face.enabled
        ? { files: `${self}/files`, media_files: `${self}/media-files`, archive: `${self}/files-archive` }
        : {}),
      versions: `${base}/versions`,
      draft: `${base}/draft`,
      record: base,
      ...(draft && context.quirks.workflow === 'none' ? { publish: `${self}/actions/publish` } : {}),
      ...(context.quirks.workflow === 'none' ? {} : { applicable_requests: `${self}/requests/applicable` }),
    },
  };
}

const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  txt: 'text/plain',
  html: 'text/html',
  json: 'application/json',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  pdf: 'application/pdf',
  zip: 'application/zip',
};

/** The server guesses from the name alone. */
export function mimeTypeOf(key: string): string {
  return TYPES[key.slice(key.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}

/** What content is sent as: nothing a browser would run. */
export function servedTypeOf(key: string): { type: string; disposition: string } {
  const type = mimeTypeOf(key);
  const name = `filename*=UTF-8''${encodeURIComponent(key.slice(key.lastIndexOf('/') + 1)).replace(/['()*]/g, escape)}`;
  if (type === 'application/octet-stream') return { type, disposition: `attachment; ${name}` };
  const harmless = /^image\/(?:png|jpeg)$|^application\/(?:pdf|zip)$/.test(type);
  return { type: harmless ? type : 'text/plain; charset=utf-8', disposition: `inline; ${name}` };
}
