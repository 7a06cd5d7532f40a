import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  canvasHeight,
  isMapped,
  lastPosition,
  positionOf,
  positionShowing,
  rowsAt,
  scrollTopOf,
  tallestCanvas,
} from '../../src/core/row-window.js';

const geometry = fc.record({
  rowCount: fc.integer({ min: 0, max: 3_000_000 }),
  rowHeight: fc.constantFrom(28, 36, 44),
  viewportHeight: fc.integer({ min: 50, max: 1500 }),
});

test('a canvas never grows past what Firefox can lay out', () => {
  fc.assert(fc.property(geometry, g => canvasHeight(g) <= tallestCanvas));
});

test('the lower end of the scroll bar shows the last row, the upper end the first', () => {
  fc.assert(
    fc.property(geometry, g => {
      fc.pre(g.rowCount > 0);
      const bottom = positionOf(canvasHeight(g) - g.viewportHeight, g);
      const { end } = rowsAt(bottom, g, 0);
      assert.equal(end, g.rowCount);
      assert.ok(Math.abs(bottom - lastPosition(g)) < 1e-6);
      assert.equal(rowsAt(positionOf(0, g), g, 0).start, 0);
    }),
  );
});

test('scroll position and position in the rows are each other’s inverse', () => {
  fc.assert(
    fc.property(geometry, fc.double({ min: 0, max: 1, noNaN: true }), (g, share) => {
      const position = share * lastPosition(g);
      assert.ok(Math.abs(positionOf(scrollTopOf(position, g), g) - position) < 0.01);
    }),
  );
});

test('below the limit a scrolled pixel is a pixel', () => {
  const g = { rowCount: 100_000, rowHeight: 36, viewportHeight: 600 };
  assert.equal(isMapped(g), false);
  assert.ok(Math.abs(positionOf(1234, g) - 1234) < 1e-6);
});

test('every row can be shown wholly, and one in view is left where it is', () => {
  fc.assert(
    fc.property(geometry, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (g, n, share) => {
      fc.pre(g.rowCount > 0);
      const row = n % g.rowCount;
      const before = share * lastPosition(g);
      const position = positionShowing(row, before, g);
      const top = row * g.rowHeight - position;
      assert.ok(top >= -1e-6);
      assert.ok(top + g.rowHeight <= Math.max(g.viewportHeight, g.rowHeight) + 1e-6);
      assert.equal(positionShowing(row, position, g), position);
    }),
  );
});

test('fewer than fifty rows are rendered in a view of 1,200 px', () => {
  const g = { rowCount: 1_000_000, rowHeight: 36, viewportHeight: 1200 };
  const { start, end } = rowsAt(500_000, g, 4);
  assert.ok(end - start < 50);
});
