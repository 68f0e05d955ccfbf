// Where everything in the outline stands, for a window of one size.

const SIZE = {
  lead: 78, // pixels at the left, for the initial state
  tail: 22, // at the right, where the rail bends
  pitch: 76, // least width of a time step
  layered: 92, // with the number of a layer at each letter
  symbols: 24, // height of what is read
  guess: 58, // of the bars of what is predicted
  box: 32, // most height of a node
  least: 13,
  wide: 96, // most width of a node
  slim: 44,
  between: 26, // room for the edges between two columns
  close: 20, // at least
  over: 14, // and between two rows
  above: 6,
};
const LOW = { symbols: 19, guess: 34, over: 8, above: 1 }; // of two graphs above one another
const PHONE = { width: 600, columns: 3, pitch: 84, lead: 62, none: 8 };

/**
 * What is to be placed: time steps, rows, and whether the lowest row is read, the highest predicted, and
 * the first column an initial state; whether the letters have the number of a layer.
 * @typedef {{ count: number, rows: number, reads: boolean, guesses: boolean, begins: boolean,
 *   layered: boolean }} Contents
 */

export class OutlinePlaces {
  /**
   * @param {Contents} contents
   * @param {number} width of the window
   * @param {number} height
   * @param {boolean} low whether there is little room, as of two graphs above one another
   * @param {OutlinePlaces | null} [like] that of another graph, whose columns stand above these
   */
  constructor({ count, rows, reads, guesses, begins, layered }, width, height, low, like) {
    const phone = width < PHONE.width;
    const { symbols, guess, over, above } = low ? LOW : SIZE;
    this.tall = { symbols, guess, above };
    const lead = phone ? (begins ? PHONE.lead : PHONE.none) : SIZE.lead;
    const wished = layered ? SIZE.layered : SIZE.pitch;
    const some = Math.max(1, Math.min(PHONE.columns, Math.floor((width - lead) / PHONE.pitch)));
    const least = phone ? Math.max(PHONE.pitch, (width - lead) / some) : wished;
    const pitch = Math.max(least, (width - lead - SIZE.tail) / count);
    /** @type {{ lead: number, pitch: number }} */
    const columns = like ?? { lead, pitch };
    this.lead = columns.lead;
    this.pitch = columns.pitch;
    this.width = Math.round(this.lead + count * this.pitch + SIZE.tail);
    this.height = height;
    this.fits = this.width <= width;
    this.reads = reads;
    this.bottom = height - (reads ? symbols : above);
    const top = above + (guesses ? guess : 0);
    this.between = (this.bottom - top) / (rows - Number(reads) - Number(guesses));
    const between = Math.max(SIZE.close, Math.min(SIZE.between, this.pitch - wished + SIZE.close));
    this.box = {
      width: Math.max(SIZE.slim, Math.min(SIZE.wide, this.pitch - between)),
      height: Math.max(SIZE.least, Math.min(SIZE.box, this.between - over)),
    };
    this.initial = { ...this.box, width: Math.min(this.box.width, this.lead - 22) };
    this.symbol = { width: 52, height: symbols - 4 };
    this.guess = {
      top: above,
      width: Math.min(this.pitch - 8, 128),
      height: guess - 8,
    };
  }

  /** Middle of a time step, counted from 0; -1 is the initial state.
   * @param {number} n
   */
  x(n) {
    return n < 0 ? this.lead / 2 - 6 : this.lead + (n + 0.5) * this.pitch;
  }

  /** Right end of a time step.
   * @param {number} n
   */
  end(n) {
    return this.lead + (n + 1) * this.pitch;
  }

  /** Middle of a row.
   * @param {number} row
   */
  y(row) {
    if (this.reads && row === 0) return this.bottom + this.tall.symbols / 2;
    return this.bottom - (row - Number(this.reads) + 0.5) * this.between;
  }

  /** The size of a node.
   * @param {number} n
   * @param {number} row
   */
  size(n, row) {
    return this.reads && row === 0 ? this.symbol : n < 0 ? this.initial : this.box;
  }

  /** The line of an edge: up within a step, past nodes in between, or to the right into the next.
   * @param {{ n: number, row: number }} from
   * @param {{ n: number, row: number, guess: boolean }} to
   */
  line(from, to) {
    const [x0, x1] = [this.x(from.n), this.x(to.n)];
    if (from.n !== to.n) {
      const begin = x0 + this.size(from.n, from.row).width / 2;
      const end = x1 - this.box.width / 2 - 1;
      const [y0, y1] = [this.y(from.row), this.y(to.row)];
      const bend = Math.max(18, (end - begin) * 0.6);
      return `M${begin} ${y0}C${begin + bend} ${y0} ${end - bend} ${y1} ${end} ${y1}`;
    }
    const lower = this.size(from.n, from.row).height / 2;
    const begin = this.reads && from.row === 0 ? this.bottom + 3 : this.y(from.row) - lower;
    const above = to.guess
      ? this.tall.above + this.tall.guess - 4
      : this.y(to.row) + this.box.height / 2;
    if (to.row - from.row === 1) return `M${x0} ${begin}V${above + 1}`;
    const x = x0 + this.box.width / 2 - 14;
    return `M${x} ${begin}C${x + 26} ${begin - 10} ${x + 26} ${above + 13} ${x} ${above + 1}`;
  }

  /** Where a letter stands beside an edge.
   * @param {{ n: number, row: number }} from
   * @param {{ n: number, row: number }} to
   * @returns {[x: number, y: number]}
   */
  beside(from, to) {
    const [y0, y1] = [this.y(from.row), this.y(to.row)];
    if (from.n === to.n) {
      const lower = this.reads && from.row === 0 ? this.bottom + 3 : y0 - this.box.height / 2;
      return [this.x(to.n) + 11, (lower + y1 + this.box.height / 2) / 2 + 3.5];
    }
    const begin = this.x(from.n) + this.size(from.n, from.row).width / 2;
    const end = this.x(to.n) - this.box.width / 2;
    const middle = (begin + end) / 2;
    if (y0 === y1) return [middle - 2, y0 - 5];
    const steep = end - begin < SIZE.wide;
    return [middle + (steep ? 9 : 12), (y0 + y1) / 2 + (steep ? 3 : -3)];
  }
}
