import { Chart } from 'cdk8s';
import { describe, expect, it, vi } from 'vitest';
import { EdgeApp } from '../../../lib';
import { addWarning } from '../../../lib/synth/warnings';
import { temporaryFolder } from '../support/folders';

describe('warnings', () => {
  it('are sorted, and say which construct they are about', () => {
    const app = new EdgeApp();
    addWarning(new Chart(app, 'b'), 'is open');
    addWarning(new Chart(app, 'a'), 'is retired');

    expect(app.warnings).toStrictEqual(['[a] is retired', '[b] is open']);
  });

  it('are printed to standard error by synth, once each', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const app = new EdgeApp({ outdir: temporaryFolder() });
    addWarning(new Chart(app, 'a'), 'is retired');

    app.synth();

    expect(warn.mock.calls).toStrictEqual([['warning: [a] is retired']]);
    warn.mockRestore();
  });
});
