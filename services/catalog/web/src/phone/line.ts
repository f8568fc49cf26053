import type { Call, Device } from "@twilio/voice-sdk";
import { send } from "../app/api";

// The one place that knows Twilio's library. It is loaded when somebody calls: it is larger than all the rest of the page.

export type LineState =
  | { at: "idle" }
  | { at: "connecting"; number: string }
  | { at: "ringing"; number: string }
  | { at: "talking"; number: string; since: number; isMuted: boolean; isReconnecting: boolean; notice: string | undefined }
  | { at: "ended"; number: string; callId: string | undefined; seconds: number | undefined; failure: string | undefined };

interface Token {
  token: string;
  identity: string;
  expires_at: string;
}

export const takeToken = (): Promise<Token> => send<Token>("POST", "/twilio/token");

// A call is placed within seconds of asking for it.
const leastRemaining = 60_000;

// How long it may take until a call is on its way.
const patience = 20_000;

class GivenUp extends Error {}

export class Line {
  private device: Device | undefined;
  private expiresAt = 0;
  private call: Call | undefined;
  /** Ends the attempt that is under way. */
  private giveUp: ((reason: unknown) => void) | undefined;

  constructor(private readonly tell: (state: LineState) => void) {}

  async dial(number: string): Promise<void> {
    this.tell({ at: "connecting", number });
    let since: number | undefined;
    let isOver = false;
    const end = (callId: string | undefined, failure?: string): void => {
      if (!isOver) {
        isOver = true;
        this.call = undefined;
        this.tell({ at: "ended", number, callId, failure, seconds: since === undefined ? undefined : (Date.now() - since) / 1000 });
      }
    };

    let call: Call;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const givenUp = new Promise<never>((_, reject) => {
        this.giveUp = reject;
        timer = setTimeout(() => reject(new Error("Twilio has not answered for 20 seconds. See whether a firewall or an extension of the browser keeps it away")), patience);
      });
      const placed = this.ready().then((device) => isOver ? Promise.reject(new GivenUp()) : device.connect({ params: { To: number } }));
      // One that comes about after all is nobody's any more.
      placed.then((late) => isOver && late.disconnect(), () => undefined);
      call = await Promise.race([placed, givenUp]);
    } catch (error) {
      end(undefined, error instanceof GivenUp ? undefined : reasonOf(error));
      // The library would go on trying.
      this.close();
      return;
    } finally {
      clearTimeout(timer);
      this.giveUp = undefined;
    }

    const sid = (): string | undefined => call.parameters["CallSid"] || undefined;
    this.call = call;
    const talking = (change: { isMuted?: boolean; isReconnecting?: boolean; notice?: string } = {}): void => {
      if (since !== undefined && !isOver) {
        this.tell({ at: "talking", number, since, isMuted: call.isMuted(), isReconnecting: false, notice: undefined, ...change });
      }
    };
    // Not every error ends a call (a tone may not get through while signalling is away), and an end and its reason come one after the other, in either order.
    let failure: string | undefined;
    const settle = (): void => queueMicrotask(() => {
      const reason = failure;
      failure = undefined;
      if ((call.status() as string) === "closed") {
        end(sid(), reason);
      } else if (reason && since === undefined) {
        end(sid(), reason);
        call.disconnect();
      } else if (reason) {
        talking({ notice: reason, isReconnecting: (call.status() as string) === "reconnecting" });
      }
    });
    call.on("ringing", () => !isOver && this.tell({ at: "ringing", number }));
    call.on("accept", () => {
      since ??= Date.now();
      talking();
    });
    call.on("mute", (isMuted: boolean) => talking({ isMuted }));
    call.on("reconnecting", () => talking({ isReconnecting: true }));
    call.on("reconnected", () => talking());
    call.on("error", (error: unknown) => {
      failure ??= reasonOf(error);
      settle();
    });
    call.on("cancel", () => end(sid()));
    call.on("reject", () => end(sid(), "The call was refused."));
    call.on("disconnect", settle);
    call.on("transportClose", settle);
  }

  hangUp(): void {
    this.giveUp?.(new GivenUp());
    this.call?.disconnect();
  }

  mute(isMuted: boolean): void {
    this.call?.mute(isMuted);
  }

  press(digit: string): void {
    this.call?.sendDigits(digit);
  }

  close(): void {
    this.device?.destroy();
    this.device = undefined;
  }

  private async ready(): Promise<Device> {
    if (this.device && this.expiresAt - Date.now() > leastRemaining) {
      return this.device;
    }

    const [{ Device: DeviceOfTwilio }, given] = await Promise.all([loadLibrary(), takeToken()]);
    this.expiresAt = Date.parse(given.expires_at);
    if (this.device) {
      this.device.updateToken(given.token);
      return this.device;
    }

    if (!DeviceOfTwilio.isSupported) {
      throw new Error("This browser cannot place calls: it has no WebRTC, or this page did not come over https.");
    }

    const device = new DeviceOfTwilio(given.token, { appName: "burqi", closeProtection: true, enableImprovedSignalingErrorPrecision: true, logLevel: "silent" });
    // Errors of a call the call tells itself.
    device.on("error", (error: unknown) => this.giveUp?.(error));
    this.device = device;
    return device;
  }
}

async function loadLibrary(): Promise<typeof import("@twilio/voice-sdk")> {
  try {
    return await import("@twilio/voice-sdk");
  } catch {
    throw new Error("A part of this page could not be loaded: Burqi was probably updated since you opened it, or the connection is gone. Load the page again");
  }
}

/** What went wrong in a sentence that says what to do, by the library's codes. */
function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: number; message?: string };
  switch (code) {
    case 31401:
      return "The browser may not use the microphone. Allow it for this page, next to its address, and call again.";
    case 31402:
      return "The microphone cannot be used. See that one is connected and no other program holds it.";
    case 20101:
    case 20102:
    case 20103:
    case 20104:
    case 20151:
    case 31204:
    case 31205:
      return "Twilio does not accept the token. Its account, API key and secret do not belong together, or a clock is wrong; burqi doctor twilio tells more.";
    case 31005:
    case 31009:
    case 53000:
    case 53001:
      return "Twilio cannot be reached from this browser. See whether a firewall or an extension keeps it away.";
    case 53405:
    case 31003:
      return "No audio came through: a firewall keeps the media away.";
    case 31002:
    case 31486:
    case 31480:
      return "The call was declined: the number may be busy, or not be allowed by the account's geographic permissions.";
    case 31404:
      return "Twilio does not know where to put the call. See the TwiML app's voice address.";
    case 31000:
    case 31603:
      return "Twilio ended the call with an error. Its console says why under Monitor, Errors; often the TwiML app's address does not answer.";
    default:
      return message ? `${message.replace(/\.?$/, ".")}${code ? ` (Twilio's code ${code})` : ""}` : "The call could not be placed.";
  }
}
