// Plays the tracks of a call as one: each has an audio element of its own, and all of them follow one clock.

export interface Track {
  id: string;
  url: string;
  /** Seconds from the beginning of the axis. */
  offset: number;
  duration: number;
  channels: number;
  /** Another one means other audio under the same id. */
  version: string;
}

export interface PlayerState {
  isPlaying: boolean;
  isWaiting: boolean;
  rate: number;
  /** Of each track, which of its channels are heard. */
  heard: ReadonlyMap<string, readonly boolean[]>;
  error: string | undefined;
}

/** Further apart than this two voices no longer sound as if they spoke in one room. */
const greatestDrift = 0.08;

export class Player {
  /** Where the audio elements are; nothing of them is seen. */
  readonly host = Object.assign(document.createElement("div"), { hidden: true });
  private readonly voices = new Map<string, Voice>();
  private readonly stateListeners = new Set<(state: PlayerState) => void>();
  private readonly positionListeners = new Set<(position: number) => void>();
  private state: PlayerState = { isPlaying: false, isWaiting: false, rate: 1, heard: new Map(), error: undefined };
  private at = 0;
  private lastTick = 0;
  private frame = 0;
  private timer: ReturnType<typeof setInterval> | undefined;
  private total = 0;

  /** The tracks as they are by now: a call that goes on gets more of them. What is heard stays. */
  update(tracks: Track[], total: number, initiallyHeard: ReadonlySet<string>): void {
    this.total = total;
    for (const [id, voice] of this.voices) {
      if (!tracks.some((track) => track.id === id)) {
        voice.dispose();
        this.voices.delete(id);
      }
    }

    const heard = new Map(this.state.heard);
    const isFirst = heard.size === 0;
    for (const track of tracks) {
      const known = this.voices.get(track.id);
      if (known?.track.version === track.version) {
        known.track = track;
        continue;
      }

      known?.dispose();
      this.voices.set(track.id, new Voice(track, this.host, () => this.failed(track), () => this.follow()));
      const isHeard = known ? this.isHeard(track.id) : isFirst && initiallyHeard.has(track.id);
      heard.set(track.id, new Array<boolean>(track.channels).fill(isHeard));
    }

    this.set({ heard });
  }

  get current(): PlayerState {
    return this.state;
  }

  get position(): number {
    return this.at;
  }

  get duration(): number {
    return this.total;
  }

  onState(listener: (state: PlayerState) => void): () => void {
    this.stateListeners.add(listener);
    return () => this.stateListeners.delete(listener);
  }

  onPosition(listener: (position: number) => void): () => void {
    this.positionListeners.add(listener);
    listener(this.at);
    return () => this.positionListeners.delete(listener);
  }

  toggle(): void {
    if (this.state.isPlaying) {
      this.pause();
    } else {
      this.play();
    }
  }

  play(): void {
    if (this.total <= 0) {
      return;
    }

    if (this.at >= this.total - 0.05) {
      this.move(0);
    }

    this.lastTick = performance.now();
    this.set({ isPlaying: true, error: undefined });
    this.tick();
    // A page that is not looked at gets no frames, and is listened to all the same.
    this.timer ??= setInterval(() => this.follow(), 200);
  }

  pause(): void {
    cancelAnimationFrame(this.frame);
    clearInterval(this.timer);
    this.timer = undefined;
    this.voices.forEach((voice) => voice.stop());
    this.set({ isPlaying: false, isWaiting: false });
  }

  seek(position: number): void {
    this.move(Math.min(Math.max(position, 0), this.total));
    this.lastTick = performance.now();
    this.voices.forEach((voice) => voice.place(this.at));
  }

  setRate(rate: number): void {
    this.set({ rate });
    this.voices.forEach((voice) => voice.setRate(rate));
  }

  setHeard(id: string, channel: number, isHeard: boolean): void {
    const channels = [...this.state.heard.get(id) ?? []];
    channels[channel] = isHeard;
    this.set({ heard: new Map(this.state.heard).set(id, channels) });
    this.follow();
  }

  /** That track and no other. */
  only(id: string): void {
    this.set({ heard: new Map([...this.state.heard].map(([other, channels]) => [other, channels.map(() => other === id)])) });
    this.follow();
  }

  dispose(): void {
    this.pause();
    this.voices.forEach((voice) => voice.dispose());
    this.voices.clear();
  }

  private tick(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      if (this.state.isPlaying) {
        this.follow();
        this.tick();
      }
    });
  }

  /**
   * Moves the clock on, and every voice to where the clock is. The first that is heard leads: the clock goes by it, not it by the clock. While one of them waits
   * for its audio all do, and begin again together: one that seeks after the others as they go on would never reach them on a slow line.
   */
  private follow(): void {
    const now = performance.now();
    const elapsed = (now - this.lastTick) / 1000;
    this.lastTick = now;
    if (!this.state.isPlaying) {
      return;
    }

    const before = this.due();
    const leader = before.find((voice) => voice.isSounding);
    if (leader && !before.some((voice) => voice.isWaiting)) {
      this.move(leader.position);
    } else if (before.length === 0) {
      // Between two recordings, behind audio that is a little shorter than its row says, or with everything muted, time passes as well.
      this.move(this.at + elapsed * this.state.rate);
    }

    if (this.at >= this.total - 0.01) {
      this.pause();
      this.move(this.total);
      return;
    }

    const due = this.due();
    for (const voice of this.voices.values()) {
      if (due.includes(voice)) {
        voice.ready(this.at);
        voice.hear(this.state.heard.get(voice.track.id)!);
      } else {
        voice.stop();
      }
    }

    const isWaiting = due.some((voice) => voice.isWaiting);
    for (const voice of due) {
      if (isWaiting && !voice.isWaiting) {
        voice.stop();
      } else {
        voice.start(this.state.rate); // One that waits too: some browsers fetch nothing before.
      }
    }

    if (isWaiting !== this.state.isWaiting) {
      this.set({ isWaiting });
    }
  }

  /** The voices that are to be heard at this moment. */
  private due(): Voice[] {
    return [...this.voices.values()].filter((voice) => this.isHeard(voice.track.id) && voice.covers(this.at) && !voice.hasEnded(this.at));
  }

  private isHeard(id: string): boolean {
    return this.state.heard.get(id)?.includes(true) ?? false;
  }

  private failed(track: Track): void {
    if (this.isHeard(track.id)) {
      this.pause();
      this.set({ error: "This audio cannot be played at the moment. It may have been deleted, or its store cannot be read." });
    }
  }

  private move(position: number): void {
    this.at = position;
    this.positionListeners.forEach((listener) => listener(position));
  }

  private set(change: Partial<PlayerState>): void {
    this.state = { ...this.state, ...change };
    this.stateListeners.forEach((listener) => listener(this.state));
  }
}

/** One track's audio element. Nothing is fetched before it is first heard. */
class Voice {
  private element: HTMLAudioElement | undefined;
  private mixer: Mixer | undefined;

  constructor(public track: Track, private readonly host: HTMLElement, private readonly onError: () => void, private readonly onReady: () => void) {}

  covers(position: number): boolean {
    return position >= this.track.offset && position < this.track.offset + this.track.duration;
  }

  get position(): number {
    return this.track.offset + (this.element?.currentTime ?? 0);
  }

  get isSounding(): boolean {
    return this.element !== undefined && !this.element.paused && this.element.readyState > 2;
  }

  /** Whether there is no more of it from there on. A clock that is seldom looked at may be a little behind its end. */
  hasEnded(position: number): boolean {
    return this.element !== undefined && this.element.ended && position > this.position - 1;
  }

  get isWaiting(): boolean {
    return this.element === undefined || this.element.readyState < 3 || this.element.seeking;
  }

  /** Has it fetched, and where the clock is. */
  ready(position: number): void {
    if (!this.element) {
      this.element = new Audio(this.track.url);
      this.element.preload = "auto";
      this.element.addEventListener("error", this.onError);
      this.element.addEventListener("canplay", this.onReady);
      this.element.addEventListener("seeked", this.onReady);
      this.host.append(this.element);
      this.place(position);
    } else if (this.element.error) {
      // It stays as it is until it is loaded anew.
      this.element.load();
      this.place(position);
    } else if (!this.element.seeking && Math.abs(this.position - position) > greatestDrift) {
      this.place(position);
    }
  }

  start(rate: number): void {
    if (this.element?.paused) {
      this.element.playbackRate = rate;
      this.element.play().catch(() => undefined); // Stopped before it began, or an error, which has its own event.
    }
  }

  stop(): void {
    if (this.element && !this.element.paused) {
      this.element.pause();
    }
  }

  place(position: number): void {
    if (this.element && this.covers(position)) {
      this.element.currentTime = position - this.track.offset;
    }
  }

  setRate(rate: number): void {
    if (this.element) {
      this.element.playbackRate = rate;
    }
  }

  hear(channels: readonly boolean[]): void {
    // As long as all of it is heard the element plays by itself.
    if (this.element && (this.mixer || channels.includes(false))) {
      this.mixer ??= new Mixer(this.element);
      this.mixer.hear(channels);
    }
  }

  dispose(): void {
    this.mixer?.dispose();
    if (this.element) {
      this.element.removeEventListener("error", this.onError);
      this.element.removeEventListener("canplay", this.onReady);
      this.element.removeEventListener("seeked", this.onReady);
      this.element.pause();
      this.element.removeAttribute("src");
      this.element.load();
      this.element.remove();
    }
  }
}

/** Lets single channels through; one alone goes to both ears. */
class Mixer {
  private static context: AudioContext | undefined;
  private readonly source: MediaElementAudioSourceNode;
  private readonly splitter: ChannelSplitterNode;
  private readonly merger: ChannelMergerNode;
  private heard = "";

  constructor(element: HTMLAudioElement) {
    const context = (Mixer.context ??= new AudioContext());
    void context.resume();
    this.source = context.createMediaElementSource(element);
    this.splitter = context.createChannelSplitter(2);
    this.merger = context.createChannelMerger(2);
    this.source.connect(this.splitter);
    this.merger.connect(context.destination);
  }

  hear(channels: readonly boolean[]): void {
    const heard = channels.join();
    if (heard === this.heard) {
      return;
    }

    this.heard = heard;
    this.splitter.disconnect();
    const open = channels.flatMap((isOpen, channel) => (isOpen ? [channel] : []));
    for (const channel of open) {
      (open.length === 1 ? [0, 1] : [channel]).forEach((ear) => this.splitter.connect(this.merger, channel, ear));
    }
  }

  dispose(): void {
    this.source.disconnect();
    this.merger.disconnect();
  }
}
