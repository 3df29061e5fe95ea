/*
 * Names for ids: the people, channels and user groups of a workspace as one person (`me`) sees them, and that person's
 * time zone. Everything that draws text asks here.
 */

const LOCAL_LINK = /\/archives\/([A-Z0-9]+)(?:\/p(\d{10})(\d{6}))?(?:\?.*thread_ts=(\d+\.\d+))?/;
const APP_HOME = /^slack:\/\/app\?(?=.*\btab=home\b)/;

export class Directory {
  constructor({ me, people, channels, dms = [], bot = null, groups = [] }) {
    this.me = typeof me === "string" ? me : me.id;
    this.bot = bot;
    this.list = people;
    this.byId = new Map(people.map((person) => [person.id, person]));
    if (bot) this.byId.set(bot.user_id, { id: bot.user_id, name: bot.name, real_name: bot.name, isBot: true });
    this.channels = new Map(channels.map((channel) => [channel.id, channel]));
    this.dms = dms;
    this.groups = new Map(groups.map((group) => [group.id, group]));
    this.tz = this.byId.get(this.me)?.tz || Intl.DateTimeFormat().resolvedOptions().timeZone;
  }

  person(id) {
    return this.byId.get(id) || null;
  }

  channel(id) {
    return this.channels.get(id) || null;
  }

  group(id) {
    return this.groups.get(id) || null;
  }

  /** People who may be chosen in a menu. */
  people() {
    return this.list.filter((person) => !person.deleted && person.id !== this.bot?.user_id);
  }

  /** Channels and direct messages that may be chosen in a menu, with Block Kit's kind of each. */
  conversations() {
    const channels = [...this.channels.values()].map((channel) => ({
      id: channel.id,
      label: `#${channel.name}`,
      note: channel.topic || "",
      kind: channel.is_private ? "private" : "public",
      isShared: channel.is_shared === true,
      isBot: false,
    }));
    const direct = this.dms.map((dm) => ({
      id: dm.id,
      label: this.person(dm.user)?.real_name || dm.user,
      note: "Direct message",
      kind: "im",
      isShared: false,
      isBot: dm.user === this.bot?.user_id,
    }));
    return [...channels, ...direct];
  }

  /** The name over a message: a person's, or the one a bot goes by. */
  authorOf(message) {
    if (message.username) return message.username;
    if (message.bot_id && this.bot && message.bot_id === this.bot.bot_id) return this.bot.name;
    const person = this.person(message.user);
    return person ? person.real_name || person.name : message.user || message.bot_id || "Somebody";
  }

  /** Where a permalink of this workspace leads on this page, or null for an address elsewhere. */
  localLink(url) {
    if (APP_HOME.test(url)) return "#home";
    const match = LOCAL_LINK.exec(url);
    if (!match || !(this.channels.has(match[1]) || this.dms.some((dm) => dm.id === match[1]))) return null;
    const [, channel, seconds, rest, thread] = match;
    if (thread) return `#${channel}/${thread}`;
    return seconds ? `#${channel}/${seconds}.${rest}` : `#${channel}`;
  }
}
