import type { Entry } from 'file-transfer-elements';
import { useState } from 'react';

/** The elements as React 19 sees them: properties, events and slots without a wrapper. */
export function App() {
  const [path, setPath] = useState('');
  const [selected, setSelected] = useState<readonly Entry[]>([]);
  const [ended, setEnded] = useState<string>();
  return (
    <>
      <h1>In React 19</h1>
      <p className="lead">
        Folder <code id="path">/{path}</code>, <span id="count">{selected.length}</span> selected.{' '}
        <span id="ended">{ended}</span>
      </p>
      <div className="workbench">
        <file-browser
          id="browser"
          backend="lab"
          path={path}
          onpath-change={event => setPath(event.detail.path)}
          onselection-change={event => setSelected(event.detail.entries)}
        >
          <p slot="empty">Nothing here yet, says React.</p>
        </file-browser>
        <div className="side">
          <upload-dropzone
            backend="lab"
            path={path}
            directory
            noList
            ontransfer-end={event => setEnded(`Last upload: ${event.detail.job.snapshot.files.done} stored.`)}
          />
          <download-button backend="lab" path="runs/2026/reads.bam">
            Download reads
          </download-button>
          <transfer-list backend="lab" />
        </div>
      </div>
    </>
  );
}
