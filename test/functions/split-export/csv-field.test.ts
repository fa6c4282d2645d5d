import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvDialect } from '../../../functions/shared/export/csv-dialect.ts';
import { BlockText } from '../../../functions/split-export/block-text.ts';
import { csvFieldText } from '../../../functions/split-export/csv-field.ts';

describe('the text of a CSV field', () => {
  it('is what csv-parse reads, stray and doubled quotes included, wherever the field stands in its block', () => {
    const unit = fc.constantFrom('"', '"', 'a', 'é', '山', ' ', '\n');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 10 }), fc.string({ maxLength: 3 }), (raw, before) => {
        const bytes = Buffer.from(`${before}${raw},`);
        let fields: string[][];
        try {
          fields = parse(`x,${raw},\n`, csvDialect(',')) as unknown as string[][];
        } catch {
          return;
        }
        // Of several records or fields, the first one ends within `raw`: then `raw` is not one field.
        fc.pre(fields.length === 1 && fields[0]?.length === 3);
        expect(csvFieldText(new BlockText(), bytes, Buffer.byteLength(before), bytes.length - 1)).toBe(fields[0]?.[1]);
      }),
      { numRuns: 3_000 },
    );
  });

  it('comes from the right block when blocks change', () => {
    const text = new BlockText();
    const [a, b] = [Buffer.from('abc'), Buffer.from('xyz')];
    expect([text.read(a, 0, 2), text.read(b, 0, 2), text.read(a, 1, 3)]).toEqual(['ab', 'xy', 'bc']);
  });
});
