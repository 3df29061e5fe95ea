/* Shortcodes people and bots write most, as Unicode. A code that is not here stays readable as :code:. */

const ROWS = `
grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 joy 😂 rofl 🤣 slightly_smiling_face 🙂 upside_down_face 🙃 wink 😉
blush 😊 heart_eyes 😍 thinking_face 🤔 neutral_face 😐 unamused 😒 grimacing 😬 relieved 😌 sleeping 😴 sunglasses 😎
nerd_face 🤓 confused 😕 worried 😟 open_mouth 😮 flushed 😳 cry 😢 sob 😭 scream 😱 rage 😡 exploding_head 🤯
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 ok_hand 👌 clap 👏 wave 👋 raised_hands 🙌 pray 🙏 point_right 👉 point_left 👈
point_up ☝️ point_down 👇 raised_hand ✋ hand ✋ muscle 💪 handshake 🤝 eyes 👀 writing_hand ✍️ bust_in_silhouette 👤
busts_in_silhouette 👥 robot_face 🤖 ghost 👻 heart ❤️ green_heart 💚 blue_heart 💙 broken_heart 💔 fire 🔥 sparkles ✨
star ⭐ star2 🌟 zap ⚡ boom 💥 tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 trophy 🏆 rocket 🚀 100 💯 bulb 💡
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ heavy_multiplication_x ✖️
heavy_plus_sign ➕ heavy_minus_sign ➖ warning ⚠️ no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 exclamation ❗
heavy_exclamation_mark ❗ grey_exclamation ❕ question ❓ grey_question ❔ bangbang ‼️ interrobang ⁉️ information_source ℹ️
red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡 large_green_circle 🟢 large_blue_circle 🔵 large_purple_circle 🟣
white_circle ⚪ black_circle ⚫ large_red_square 🟥 large_orange_square 🟧 large_yellow_square 🟨 large_green_square 🟩
large_blue_square 🟦 white_large_square ⬜ black_large_square ⬛ white_medium_square ◻️ black_medium_square ◼️
arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️ arrow_right_hook ↪️ leftwards_arrow_with_hook ↩️
arrows_counterclockwise 🔄 arrows_clockwise 🔃 twisted_rightwards_arrows 🔀 repeat 🔁 back 🔙 fast_forward ⏩ rewind ⏪
arrow_forward ▶️ double_vertical_bar ⏸️ pause_button ⏸️ black_square_for_stop ⏹️ stop_button ⏹️
hourglass ⌛ hourglass_flowing_sand ⏳ watch ⌚ alarm_clock ⏰ stopwatch ⏱️ clock1 🕐 clock3 🕒 clock9 🕘 calendar 📆 date 📅
spiral_calendar_pad 🗓️ memo 📝 pencil 📝 pencil2 ✏️ page_facing_up 📄 page_with_curl 📃 bookmark_tabs 📑 scroll 📜
clipboard 📋 pushpin 📌 round_pushpin 📍 paperclip 📎 link 🔗 scissors ✂️ file_folder 📁 open_file_folder 📂
card_index_dividers 🗂️ file_cabinet 🗄️ inbox_tray 📥 outbox_tray 📤 package 📦 mailbox 📫 email ✉️ envelope ✉️
bar_chart 📊 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 mag 🔍 mag_right 🔎 lock 🔒 unlock 🔓
closed_lock_with_key 🔐 key 🔑 shield 🛡️ hammer 🔨 wrench 🔧 hammer_and_wrench 🛠️ gear ⚙️ nut_and_bolt 🔩 electric_plug 🔌
computer 💻 desktop_computer 🖥️ floppy_disk 💾 cloud ☁️ sunny ☀️ snowflake ❄️ umbrella ☔ rainbow 🌈 zzz 💤
bell 🔔 no_bell 🔕 speech_balloon 💬 thought_balloon 💭 loudspeaker 📢 mega 📣 books 📚 book 📖 label 🏷️ triangular_flag_on_post 🚩
checkered_flag 🏁 vertical_traffic_light 🚦 construction 🚧 rotating_light 🚨 ambulance 🚑 sos 🆘 new 🆕 ok 🆗 up 🆙 cool 🆒
recycle ♻️ infinity ♾️ scales ⚖️ balance_scale ⚖️ office 🏢 house 🏠 classical_building 🏛️ seedling 🌱 evergreen_tree 🌲
coffee ☕ tea 🍵 cake 🍰 bug 🐛 bee 🐝 turtle 🐢 snail 🐌 owl 🦉 zero 0️⃣ one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣
seven 7️⃣ eight 8️⃣ nine 9️⃣ keycap_ten 🔟 heavy_dollar_sign 💲 small_blue_diamond 🔹 small_orange_diamond 🔸 diamond_shape_with_a_dot_inside 💠
`;

const words = ROWS.trim().split(/\s+/);
const TABLE = new Map();
for (let i = 0; i < words.length; i += 2) TABLE.set(words[i], words[i + 1]);

const TONES = { 2: "\u{1F3FB}", 3: "\u{1F3FC}", 4: "\u{1F3FD}", 5: "\u{1F3FE}", 6: "\u{1F3FF}" };

/** The character for a shortcode such as "tada" or "+1::skin-tone-3", or null when it is not in the table. */
export function emojiFor(code) {
  const [name, tone] = code.split("::skin-tone-");
  const character = TABLE.get(name);
  if (!character) return null;
  return tone && TONES[tone] ? character.replace(/\uFE0F$/, "") + TONES[tone] : character;
}
