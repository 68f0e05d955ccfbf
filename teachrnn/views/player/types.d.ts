/** What Python sends to the player (teachrnn/views/player/story_data.py), and what its parts share. */

import type { Guide } from "./tour/guide.js";
import type { Kernel } from "./kernel.js";
import type { Nudge } from "./experiment/nudge.js";
import type { Stops } from "./stops.js";
import type { Stories } from "./stories.js";
import type { Story } from "./story.js";

/** The name of a recorded value, and its parts. */
export interface Name {
  name: string; // layer2.h[3]
  timeless: string; // layer2.h
  letter: string;
  layer: number | null;
  gate: string;
  time: number | null;
}

/** A value in the graph: its position, and what made it. */
export interface StoryNode extends Name {
  id: number;
  op: string; // "" for a given value
  uses: Name[]; // parameters, which are not drawn
  t: number; // its column
  row: number;
  slot: number;
  slots: number;
  outline: number | null; // its row in the outline, from 0 below; null: it is not in it
  owner: number; // the value of the outline to which it contributes
  symbol: string; // what a token number stands for
  given: number | null; // number of its array, if the value was given
}

export type Edge = [from: number, to: number];

/** An edge of the outline, and the operations that use its source on this way. */
export type Way = [source: number, target: number, through: number[]];

/** Number of an array, and a note on its role there. */
export type Shown = [k: number, note?: string];

export interface Outcome {
  formula: number;
  target: number | null;
  quantities: Shown[];
}

export type Step = Passage | Turn;

/** An operation, forward or backward. */
export interface Passage extends Told {
  phase: "forward" | "backward";
  t: number | null;
  node: number;
}

/** The turning point: the loss is complete, and the backward pass begins. */
export interface Turn extends Told {
  phase: "turn";
  t: null;
  node: null;
}

interface Told {
  op: string;
  title: string; // the technical line, h[3] = Tanh(a[3])
  heading: string; // the step as a student would say it
  sentence: string; // what it means here, with numbers of this story
  code: number; // the line of code that recorded it
  lines: number | null; // of the program; null where there is none
  edges: Edge[];
  operands: Shown[];
  outcomes: Outcome[];
}

/** All steps of one time step, in one direction: TimeStop of Python. */
export interface Stop {
  phase: "forward" | "turn" | "backward";
  t: number | null;
  heading: string;
  sentence: string;
  first: number;
  last: number;
  principal: number; // the step whose formula stands for all
}

/** How the player computes a vector from others. */
export type Computing = "times" | "plus" | "tanh" | "sigmoid" | "column" | "rows" | "columns";

/** An array of the story. Its numbers come in one of six ways; `Story.numbersOf` decodes them. */
export interface StoryArray {
  name: string;
  math: number;
  kind: "value" | "gradient";
  of?: string; // the value whose gradient it is
  via?: string; // the use through which this part of the gradient came
  shape: number[];

  at?: number; // where the numbers begin
  whole?: number[];
  sum?: number[]; // arrays
  outer?: [rows: number, columns: number]; // arrays
  spots?: number[]; // where the numbers belong; the others are 0
  by?: [way: Computing, ...arrays: number[]]; // how it is computed from others: see recomputed.py
  rest?: number; // where what is to be added begins

  letters?: Record<string, number>; // the arrays that the letters of its formula stand for
  op?: string;
  rule?: number | null;
  parts?: number[]; // the arrays whose sum it is

  check?: number; // where the derivatives by complex step begin
  refused?: string; // why there are none

  yours?: Yours; // the reader's own numbers, if given

  numbers?: Float64Array; // once they have been decoded
  norm?: number;
}

/** The reader's own numbers for an array; if they all agree, they are not sent. */
export interface Yours {
  differs: number[]; // the positions of the numbers that differ
  at?: number; // where the numbers begin
  note?: string; // how they were obtained
}

/** The formula of one entry: see teachrnn/formulas/entries/tree.py. */
export type Tree = number | string | Branch;
export type Branch =
  | At
  | [kind: "size", letter: string, axis: number]
  | [kind: "-", a: Tree]
  | Unary<One>
  | Binary<Two>
  | Choice
  | Many;
export type At = [kind: "at", letter: string, ...index: Tree[]];
export type Choice = [kind: "if", condition: Tree, yes: Tree, no: Tree];
export type Many =
  [kind: "sum", index: string, size: Tree, body: Tree] | [kind: "positions", body: Tree];
type Unary<K> = K extends One ? [kind: K, a: Tree] : never;
type Binary<K> = K extends Two ? [kind: K, a: Tree, b: Tree] : never;
export type One = "exp" | "log" | "sqrt" | "tanh" | "sin" | "cos" | "abs";
export type Two = "+" | "-" | "*" | "/" | "^" | "<" | ">" | "max" | "min" | "onehot";

export interface Rule {
  axes: number;
  over: string;
  overAxes: number;
  tree: Tree;
  pieces?: Item[];
}

/** What a formula is laid out as: a sign, a word over an arrow, or a piece with an array of its own. See
 *  teachrnn/formulas/pieces.py. */
export type Item = string | Word | Piece;

export interface Word {
  word: string;
}

export interface Piece {
  label: string; // MathML with an empty row in the place of each letter
  shape: Tree[];
  roles: string[]; // for each axis, the index of the result that runs along it
  letter?: string; // if it is no more than this
  tree?: Tree; // its entry, if it is more
  picked?: Tree;
  first?: Tree;
  turned?: true;
  shares?: true;
  onTop?: true;
}

/** The norms of a gradient, itemised; null stands for what is not finite. */
export interface Reached {
  name: string;
  kind: string;
  norms: (number | null)[][]; // by the time of the loss, each up to that time
  kept: (number | null)[];
  cosine: (number | null)[];
  distance: (number | null)[];
}

export interface Triangle {
  T: number;
  losses: number[];
  reaches: Reached[];
}

/** Characters of a line of code; those of a name with the number of the letter that it stands for. */
export type Token = string | [text: string, letter: number];

/** A line of the program, or its pieces from `first` to `last`. */
export type Mark = [line: number, first?: number, last?: number];

/** The lines of a step: those of its time step and direction, and what it does of them. */
export interface LinesOfStep {
  around: [from: number, to: number];
  marks: Mark[];
  note?: string;
  noted?: number | null; // the line that the note belongs to
}

/** What the trace was given under one name, which a copy of the program writes out. */
export interface GivenName {
  name: string;
  of: string; // the name of the array, without the time step
  axes: number; // 0 for a number, 1 for a vector, 2 for a matrix
  times: number[] | null; // null: it belongs to no time step
  numbers: boolean; // whether the numbers are written; if not, zeros
}

/** A value, its gradient, or the part of that gradient which comes through one use; `by` counts time steps
 * from the one that is shown, null stands for none. */
export type ProgramLetter = [
  kind: "value" | "gradient" | "part",
  name: string,
  by: number | null,
  via?: string,
];

/** The program in NumPy that a student would write. */
export interface Program {
  lines: Token[][];
  pieces: [line: number, first: number, last: number, letter: number][]; // arrays of their own
  letters: ProgramLetter[];
  given: (string | GivenName)[]; // what a copy begins with, in place of the first lines
  shown: number; // how many lines those are
  loop: boolean; // whether it is a loop over time
  steps: LinesOfStep[];
}

/** The triangle as it is sent. */
export interface PackedTriangle {
  T: number;
  losses: number[];
  reaches: PackedReached[];
}

export type PackedReached = Omit<Reached, "norms"> & { norms: number }; // where they begin

export interface StoryData {
  givenTriangle?: PackedTriangle; // of the reader's own numbers
  symbols?: string[]; // what the token numbers stand for
  about: string[];
  nodes: StoryNode[];
  edges: Edge[];
  ways: Way[];
  steps: Step[];
  stops: Stop[];
  program: Program | null;
  codes: string[];
  arrays: StoryArray[];
  rules: Rule[];
  math: [template: number, ...indices: string[]][];
  templates: string[];
  triangle: PackedTriangle | null;
  scale: [least: number, most: number]; // norms of what comes back along an edge; 0: there is none
  differences?: number[]; // the steps at which the reader's numbers differ, if any were given
  given?: string; // what those numbers are called: "yours"
}

/** What a walk goes by: a stop for each time step on either way, or one for every operation. */
export type Level = "time" | "operations";

/** A story as a container of bytes: see teachrnn/views/player/story_data.py. */
export type StoryBytes = ArrayBuffer | DataView<ArrayBuffer>;

/** A story that can be had by its name; where Python answers, without its data. */
export interface Bundled {
  name: string;
  title: string;
  data?: StoryBytes;
}

/** A guided tour: teachrnn/views/tour/tour.py, with the names of its stories in this page. */
export interface Tour {
  id: string;
  title: string;
  phases: TourPhase[];
}

export interface TourPhase {
  title: string;
  say: string;
  at: string;
  level: Level;
  story: string;
  result: string | null;
  light: string[];
  zoom: [first: number, last: number] | null;
  horizon: number;
  ask: { question: string; answer: string } | null;
  offer: { words: string; story: string }[];
}

/** What a story is asked for by: its name, or a network that is to be recorded. */
export type StoryRequest = { name: string } | { settings: Record<string, string | number> };

/** The state that a reader can change, and that a notebook's widget shares with Python. */
export interface State {
  story: StoryBytes;
  stories: Bundled[];
  shown: string; // the name of the story that is shown; "" if it has none
  tours: Tour[];
  tour: string; // the id of the one that is open; "" for none
  phase: number; // of it, from 0
  step: number;
  level: Level;
  entry: { array?: number; index?: number[] };
  rolled: boolean;
  horizon: number; // 0: no truncation
  compare: string; // the name of the story that stands beside it; "" for none
  breakpoints: string[];
  predict: string;
  live: boolean;
  settings?: Record<string, string | number>;
  cells?: string[];
  hiding?: string;
}

/** A message from the kernel. Numbers that are not finite are sent as words. */
export interface Message {
  kind: string;
  id?: string;
  error?: string;
  value?: number | string;
  before?: number | string;
  after?: number | string;
  predicted?: number | string;
  remainder?: number | string;
}

/** The events of a model: a message from Python, or a change of its state. */
export type Heard = "msg:custom" | `change:${keyof State}`;

export type Listener = (message: Message, buffers: DataView<ArrayBuffer>[]) => void;

/** The part of an anywidget model that the player needs. */
export interface Model {
  get<K extends keyof State>(key: K): State[K];
  set<K extends keyof State>(key: K, value: State[K]): void;
  on(event: Heard, f: Listener): void;
  off(event: Heard, f: Listener): void;
  save_changes(): void;
  send(message: object): void;
}

/** What the panels of one player share. */
export interface Context {
  story: Story;
  stops: Stops;
  model: Model;
  signal: AbortSignal; // aborts when the player is removed
  unique: number;
  kernel: Kernel;
  stories: Stories; // whom to ask for another one
  guide: Guide; // whom to ask for a tour
  go(i: number): void;
  setLevel(level: Level): void;
  pick(id: number): void; // to the step that is about a node
  stopsAt(node: StoryNode): boolean; // whether a breakpoint is there
  linkTo?: Address; // undefined where the host has no addresses
  compares(): boolean; // whether there is something to compare with
  home(): HTMLElement; // where the focus goes when what had it is gone
  aligned(paper?: number): void; // the graph has been laid out
  open(k: number, index: number[]): void;
  say(text: string): void; // to screen readers
  tell(text: string): void; // to everyone
  toured(): boolean; // whether a phase of a tour is shown
  repaint(): void;
  redrawn(): void; // parts of the graph have been drawn that were not there
  horizon(steps: number): void;
  reached: (shares: number[] | null) => void; // how much of a loss each time step receives, from the first on
  covers(i: number): boolean; // whether the result of step i must not be shown yet
  nudge?: Nudge; // where numbers can be changed
}

/** A link to the page, which shows there what is written after its #. */
export type Address = (shown: string) => string;

/** What a key does. */
export type Act =
  | "next"
  | "previous"
  | "nextTime"
  | "previousTime"
  | "first"
  | "last"
  | "turn"
  | "play"
  | "faster"
  | "slower"
  | "sameOperation"
  | "breakpoint"
  | "toBreakpoint"
  | "jump"
  | "difference"
  | "nextDifference"
  | "into"
  | "out"
  | "why"
  | "roll"
  | "predict"
  | "share"
  | "slides"
  | "onward"
  | "backward"
  | "fullScreen"
  | "blank"
  | "tour"
  | "compare"
  | "help";

export interface Key {
  keys: string[];
  shown: string;
  does: string;
  act: Act;
  needs?: "yours" | "tours"; // only if there are such things
}

/** One number of the story. */
export interface Entry {
  k: number;
  index: number[];
}

/** A number in a formula that is written out. */
export interface Factor {
  array: number;
  index: number[];
  value: number;
}

/** A summand: its formula in text and numbers, its value, and the array whose number it is. */
export interface Line {
  parts: (string | Factor)[];
  value: number;
  array?: number;
}
