/**
 * As much of PromQL as the library writes: enough to see that an expression is one, and which series it asks for.
 *
 * @see https://prometheus.io/docs/prometheus/latest/querying/basics/
 */

/** A metric with the labels that an expression picks series by. */
export interface Selector {
  readonly metric: string;
  readonly labels: string[];
}

/** What an expression asks for. */
export interface Asked {
  readonly selectors: Selector[];
  /** Labels that it groups or joins by. */
  readonly groupedBy: string[];
}

const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?)|(?<text>"(?:[^"\\]|\\.)*")|(?<range>\[(?:\d+[smhdw]|\$__rate_interval)\])|(?<word>[a-zA-Z_:][\w:]*)|(?<sign>=~|!~|!=|==|>=|<=|[-+*/%^=<>(){},]))/y;

const AGGREGATIONS = ['sum', 'min', 'max', 'avg', 'count'];
/** Functions by the kinds of their arguments. */
const FUNCTIONS: Record<string, ('scalar' | 'vector' | 'range')[]> = {
  absent: ['vector'],
  rate: ['range'],
  increase: ['range'],
  max_over_time: ['range'],
  histogram_quantile: ['scalar', 'vector'],
};
/** The loosest first. */
const OPERATORS = [['or'], ['and', 'unless'], ['==', '!=', '<=', '<', '>=', '>'], ['+', '-'], ['*', '/', '%']];

/** @throws Error that says where the expression stops being one */
export function parsePromql(expression: string): Asked {
  const parser = new Parser(expression);
  parser.parse();
  return { selectors: parser.selectors, groupedBy: parser.groupedBy };
}

type Kind = 'scalar' | 'vector' | 'range';

class Parser {
  readonly selectors: Selector[] = [];
  readonly groupedBy: string[] = [];
  readonly #expression: string;
  readonly #tokens: string[];
  #at = 0;

  constructor(expression: string) {
    this.#expression = expression;
    this.#tokens = tokensOf(expression);
  }

  parse(): void {
    const kind = this.#binary(0);
    if (this.#at < this.#tokens.length) throw this.#unexpected('the end');
    if (kind === 'range') throw new Error(`a range is no result: ${this.#expression}`);
  }

  #binary(level: number): Kind {
    const operators = OPERATORS[level];
    if (!operators) return this.#operand();
    let kind = this.#binary(level + 1);
    while (operators.includes(this.#peek())) {
      const operator = this.#next();
      if (this.#peek() === 'on' || this.#peek() === 'ignoring') {
        this.#next();
        this.#names();
      }
      const other = this.#binary(level + 1);
      if (kind === 'range' || other === 'range') throw new Error(`${operator} takes no ranges: ${this.#expression}`);
      if (level < 2 && (kind !== 'vector' || other !== 'vector')) {
        throw new Error(`${operator} stands between vectors: ${this.#expression}`);
      }
      kind = kind === 'vector' || other === 'vector' ? 'vector' : 'scalar';
    }
    return kind;
  }

  #operand(): Kind {
    const token = this.#next();
    if (token === '(') {
      const kind = this.#binary(0);
      this.#expect(')');
      return kind;
    }
    if (/^\d/.test(token)) return 'scalar';
    if (AGGREGATIONS.includes(token)) return this.#aggregation();
    if (FUNCTIONS[token] && this.#peek() === '(') return this.#call(FUNCTIONS[token]);
    if (/^[a-zA-Z_:]/.test(token)) return this.#selector(token);
    throw this.#unexpected('a value', token);
  }

  #aggregation(): Kind {
    const grouped = () => {
      if (this.#peek() !== 'by' && this.#peek() !== 'without') return false;
      this.#next();
      this.#names();
      return true;
    };
    const before = grouped();
    this.#expect('(');
    if (this.#binary(0) !== 'vector') throw new Error(`an aggregation is of a vector: ${this.#expression}`);
    this.#expect(')');
    if (!before) grouped();
    return 'vector';
  }

  #call(parameters: Kind[]): Kind {
    this.#expect('(');
    for (const [i, parameter] of parameters.entries()) {
      if (i > 0) this.#expect(',');
      const kind = this.#binary(0);
      if (kind !== parameter) throw new Error(`a ${kind} in place of a ${parameter}: ${this.#expression}`);
    }
    this.#expect(')');
    return 'vector';
  }

  #selector(metric: string): Kind {
    const labels: string[] = [];
    if (this.#peek() === '{') {
      this.#next();
      while (this.#peek() !== '}') {
        labels.push(this.#name());
        const matcher = this.#next();
        if (!['=', '!=', '=~', '!~'].includes(matcher)) throw this.#unexpected('a matcher', matcher);
        const value = this.#next();
        if (!value.startsWith('"')) throw this.#unexpected('a text', value);
        if (matcher.endsWith('~')) new RegExp(JSON.parse(value));
        if (this.#peek() === ',') this.#next();
      }
      this.#next();
    }
    this.selectors.push({ metric, labels });
    if (!this.#peek().startsWith('[')) return 'vector';
    this.#next();
    return 'range';
  }

  #names(): void {
    this.#expect('(');
    while (this.#peek() !== ')') {
      this.groupedBy.push(this.#name());
      if (this.#peek() === ',') this.#next();
    }
    this.#next();
  }

  #name(): string {
    const name = this.#next();
    if (!/^[a-zA-Z_]\w*$/.test(name)) throw this.#unexpected('a label', name);
    return name;
  }

  #expect(token: string): void {
    const found = this.#next();
    if (found !== token) throw this.#unexpected(token, found);
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #next(): string {
    this.#at += 1;
    return this.#tokens[this.#at - 1] ?? '';
  }

  #unexpected(wanted: string, found = this.#peek()): Error {
    return new Error(`${found || 'the end'} in place of ${wanted} (token ${this.#at}): ${this.#expression}`);
  }
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(TOKEN);
  const text = expression.trimEnd();
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) throw new Error(`no PromQL from ${at} on: ${expression}`);
    tokens.push(match[0].trim());
  }
  return tokens;
}
