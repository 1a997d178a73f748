import { describe, expect, it } from 'vitest';
import { askedOf } from '../../../dashboard/src/runs/asked-of.ts';

const asked = (inputPreview: string) => askedOf({ inputPreview });

describe('what a run was asked', () => {
  it('is its input in one line, or what is telling of it', () => {
    expect(asked('Work on bead 4te.\n\nStart  now.')).toBe('Work on bead 4te. Start now.');
    expect(asked('{"question":"Which trains go?","session_id":"x1"}')).toBe('Which trains go?');
    expect(asked('[{"role":"user","content":"Which trains go to Ba')).toBe('Which trains go to Ba');
    expect(asked('x'.repeat(400))).toHaveLength(160);
  });

  it('is not known where there is no input, or only the instructions', () => {
    expect(askedOf({})).toBeUndefined();
    expect(asked(' ')).toBeUndefined();
    expect(asked('[{"role":"system","content":"You are a super agent.')).toBeUndefined();
  });
});
