/** What a picture consists of. Every printer of pictures knows these marks; lengths are in pixels. */

export type Mark = PathMark | TextMark | ImageMark | ClipMark;
export type Matrix = [a: number, b: number, c: number, d: number, e: number, f: number];

export interface Point {
  x: number;
  y: number;
}

export interface Place extends Point {
  width: number;
  height: number;
}

/** A line; where the colour is a value of CSS, as everywhere in marks. */
export interface Stroke {
  colour: string;
  width: number;
  dash: number[];
}

export interface PathMark {
  kind: "path";
  d: string;
  matrix: Matrix;
  fill: string | null;
  stroke: Stroke | null;
}

export interface Font {
  style: string;
  weight: string;
  size: number;
  family: string;
}

/** A line of text, which begins at x; y is that of its baseline. */
export interface TextMark extends Point {
  kind: "text";
  text: string;
  width: number;
  font: Font;
  fill: string;
  halo: Stroke | null; // a line round the letters, behind them
}

export interface ImageMark extends Place {
  kind: "image";
  canvas: HTMLCanvasElement;
}

/** Marks of which only what is inside the place is seen. */
export interface ClipMark extends Place {
  kind: "clip";
  marks: Mark[];
}

export interface Picture {
  width: number;
  height: number;
  paper: string;
  marks: Mark[];
  title: string;
  words: string; // for those who cannot see it
}
