/** A dashboard as far as anybody has to think about it. */
export interface Dashboard {
  /** Under this Grafana knows it, also after its title has changed; at most 40 characters. */
  readonly uid: string;
  readonly title: string;
  readonly tags: string[];
  readonly rows: DashboardRow[];
}

export interface DashboardRow {
  readonly title: string;
  readonly panels: Panel[];
}

export interface Panel {
  readonly title: string;
  /** What a high value means, for whoever looks at it at night. */
  readonly description: string;
  /** @see https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit */
  readonly unit: 'short' | 'reqps' | 's' | 'percent' | 'percentunit' | 'bytes';
  readonly queries: Query[];
  /** One number in place of a curve. */
  readonly single?: boolean;
}

export interface Query {
  readonly expr: string;
  /** What the curve is called, with labels in braces. */
  readonly legend: string;
}

/** Grafana's grid has 24 columns; heights are of 30 pixels. */
const COLUMNS = 24;
const SIZES = { curve: { w: 8, h: 8 }, single: { w: 6, h: 4 } };
/** Of Grafana 10.4. Later ones bring it up to date when they read it. */
const SCHEMA_VERSION = 39;
const DATASOURCE = { type: 'prometheus', uid: '$datasource' };

/**
 * What Grafana imports; the same dashboard is always the same text.
 *
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
export function renderDashboard({ uid, title, tags, rows }: Dashboard): string {
  const dashboard = {
    uid,
    title,
    tags,
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    // One cross hair on all panels.
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: {
      list: [{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', hide: 0 }],
    },
    annotations: { list: [] },
    panels: placed(rows),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

/** Rows one below the other, panels from left to right. */
function placed(rows: readonly DashboardRow[]): object[] {
  const placed: object[] = [];
  let y = 0;
  const add = (panel: object, at: object) => placed.push({ id: placed.length + 1, ...panel, gridPos: at });
  for (const { title, panels } of rows) {
    add({ type: 'row', title, collapsed: false, panels: [] }, { x: 0, y, w: COLUMNS, h: 1 });
    y += 1;
    let x = 0;
    let lowest = y;
    for (const panel of panels) {
      const { w, h } = panel.single ? SIZES.single : SIZES.curve;
      if (x + w > COLUMNS) {
        x = 0;
        y = lowest;
      }
      add(panel.single ? number(panel) : curve(panel), { x, y, w, h });
      x += w;
      lowest = Math.max(lowest, y + h);
    }
    y = lowest;
  }
  return placed;
}

function curve(panel: Panel): object {
  return {
    type: 'timeseries',
    ...described(panel),
    fieldConfig: {
      defaults: { unit: panel.unit, min: 0, custom: { fillOpacity: 10, showPoints: 'never' } },
      overrides: [],
    },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
  };
}

function number(panel: Panel): object {
  return {
    type: 'stat',
    ...described(panel),
    fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
    options: { reduceOptions: { calcs: ['lastNotNull'] }, graphMode: 'area', colorMode: 'value' },
  };
}

function described({ title, description, queries }: Panel): object {
  return {
    title,
    description,
    datasource: DATASOURCE,
    targets: queries.map(({ expr, legend }, i) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + i),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
    })),
  };
}
