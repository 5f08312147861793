"""The simulator as python-telegram-bot sees it. Arguments: base URL, token. The journey `telegram_simulator.rs` plays the people.

Prints what was checked; ends with an error at the first surprise.
"""

import asyncio
import hashlib
import sys
import time

from telegram import BotCommand, Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter

LAN, BLOCKED, IMPATIENT, STRANGER = 1001, 1002, 1003, 4040
GROUP, SUPERGROUP = -500, -1001234567890
WORDS = "Dạ em hỏi thủ tục khai sinh ạ 🎉 cảm ơn @sen_thu_nghiem_bot"


def check(what, holds):
    if not holds:
        sys.exit(f"surprise: {what}")
    print(f"ok: {what}", flush=True)


async def refused(what, error, call, words=""):
    try:
        await call
    except error as raised:
        check(f"{what}: {raised}", words.lower() in str(raised).lower())
        return raised
    sys.exit(f"surprise: {what} was not refused")


class Updates:
    """Long polling, one update at a time."""

    def __init__(self, bot):
        self.bot, self.offset = bot, 0

    async def next(self):
        for _ in range(12):
            updates = await self.bot.get_updates(offset=self.offset, limit=1, timeout=5)
            if updates:
                self.offset = updates[0].update_id + 1
                return updates[0]
        sys.exit("surprise: no update within a minute")


async def about_the_bot(bot):
    me = await bot.get_me()
    check("getMe", me.is_bot and me.username == "sen_thu_nghiem_bot" and me.can_read_all_group_messages is False)
    await bot.set_my_commands([BotCommand("tracuu", "Tra cứu thủ tục")], language_code="vi")
    commands = await bot.get_my_commands(language_code="vi")
    check("commands by language", commands[0].description == "Tra cứu thủ tục" and not await bot.get_my_commands())
    await refused("a command in capitals", BadRequest, bot.set_my_commands([BotCommand("TraCuu", "x")]), "command_invalid")


async def webhook(bot):
    check("no webhook at first", (await bot.get_webhook_info()).url == "")
    await refused("a webhook without TLS", BadRequest, bot.set_webhook("http://example.com/hook"), "https")
    await refused("a secret with spaces", BadRequest, bot.set_webhook("https://127.0.0.1:8443/hook", secret_token="a b"), "unallowed")
    await bot.set_webhook("https://127.0.0.1:8443/hook", secret_token="bi_mat-1", max_connections=7, allowed_updates=["message"])
    info = await bot.get_webhook_info()
    check("webhook info", (info.url, info.max_connections, info.allowed_updates) == ("https://127.0.0.1:8443/hook", 7, ("message",)))
    await refused("polling beside a webhook", Conflict, bot.get_updates(), "webhook is active")
    await bot.set_webhook("https://127.0.0.1:8443/hook", allowed_updates=[])
    await bot.delete_webhook()
    check("webhook deleted", (await bot.get_webhook_info()).url == "")


async def first_updates(updates):
    seen = [await updates.next() for _ in range(4)]
    check("the start of three people and a block", [u.message is not None for u in seen] == [True, False, True, True])
    change = seen[1].my_chat_member
    check("the block is told", (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked"))
    start = seen[3].message
    check("/start is a command", (start.text, start.entities[0].type, start.chat.type) == ("/start", "bot_command", "private"))
    check("who and when", start.from_user.first_name == "Lan" and abs(start.date.timestamp() - time.time()) < 120)
    check("ids increase", sorted(u.update_id for u in seen) == [u.update_id for u in seen])


async def a_conversation(bot, updates):
    check("typing", await bot.send_chat_action(LAN, ChatAction.TYPING))
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Có ạ 👍", callback_data="co:khai-sinh"), InlineKeyboardButton("Nguồn", url="https://nghean.gov.vn")]])
    text = "🪷 <b>Lệ phí</b>: 8.000 &lt;đồng&gt; — <a href=\"https://nghean.gov.vn\">nguồn</a>"
    sent = await bot.send_message(LAN, text, parse_mode=ParseMode.HTML, reply_markup=keyboard)
    check("HTML is parsed", sent.text == "🪷 Lệ phí: 8.000 <đồng> — nguồn")
    check("pieces are where they say", [sent.parse_entity(e) for e in sent.entities] == ["Lệ phí", "nguồn"])
    check("the keyboard came back", sent.reply_markup == keyboard)
    await refused("an edit without a change", BadRequest, sent.edit_text(text, parse_mode=ParseMode.HTML, reply_markup=keyboard), "not modified")
    query = (await updates.next()).callback_query
    check("the press", (query.data, query.from_user.id, query.message.message_id) == ("co:khai-sinh", LAN, sent.message_id))
    check("its message is whole", query.message.text == sent.text and query.chat_instance)
    await query.answer("Dạ, em tìm ngay")
    await refused("a second answer", BadRequest, query.answer(), "query is too old")
    edited = await query.edit_message_text("Đã chọn: <i>khai sinh</i>", parse_mode=ParseMode.HTML)
    check("edited, and without buttons", edited.text == "Đã chọn: khai sinh" and not edited.reply_markup and edited.edit_date)


async def words_and_files(bot, updates):
    message = (await updates.next()).message
    check("Vietnamese, emoji and a mention", message.text == WORDS and message.parse_entities(["mention"]).popitem()[1] == "@sen_thu_nghiem_bot")
    document = (await updates.next()).message
    data = await (await document.document.get_file()).download_as_bytearray()
    check("the file's name, caption and size", (document.document.file_name, document.caption, len(data)) == ("đơn.pdf", "Đơn của em", document.document.file_size))
    digest = hashlib.sha256(data).hexdigest()
    answer = await document.reply_text(f"sha256 {digest}", do_quote=True)
    check("an answer to it", answer.reply_to_message.message_id == document.message_id)
    await refused("an unknown file", BadRequest, bot.get_file("khong-co"), "file_id")
    sent = await bot.send_document(LAN, bytes(data), filename="biên nhận.pdf", caption="<b>Biên nhận</b>", parse_mode=ParseMode.HTML)
    check("a file sent", (sent.document.file_name, sent.caption, sent.document.file_size) == ("biên nhận.pdf", "Biên nhận", len(data)))
    check("deleted", await answer.delete())
    await refused("deleted twice", BadRequest, answer.delete(), "not found")


async def groups(bot, updates):
    change = (await updates.next()).my_chat_member
    check("added to a group", (change.chat.id, change.chat.type, change.new_chat_member.status) == (GROUP, "group", "member"))
    mention = (await updates.next()).message
    check("only the mention is seen", mention.text.startswith("@sen_thu_nghiem_bot") and mention.chat.title == "Tổ một cửa")
    moved = [(await updates.next()).message for _ in range(2)]
    check("the group moved", (moved[0].migrate_to_chat_id, moved[1].migrate_from_chat_id) == (SUPERGROUP, GROUP))
    error = await refused("the old group", ChatMigrated, bot.send_message(GROUP, "Chào"))
    check("it names the new one", error.new_chat_id == SUPERGROUP)
    check("the new one takes it", (await bot.send_message(SUPERGROUP, "Chào cả tổ")).chat.type == "supergroup")


async def refusals(bot):
    await refused("no text", BadRequest, bot.send_message(LAN, "  "), "message text is empty")
    await refused("too long", BadRequest, bot.send_message(LAN, "🎉" * 2049), "message is too long")
    await refused("broken HTML", BadRequest, bot.send_message(LAN, "<b>x", parse_mode=ParseMode.HTML), "can't parse entities")
    await refused("long data", BadRequest, bot.send_message(LAN, "x", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="ắ" * 22)]])), "button_data_invalid")
    await refused("a stranger", BadRequest, bot.send_message(STRANGER, "x"), "chat not found")
    await refused("a blocked bot", Forbidden, bot.send_message(BLOCKED, "x"), "blocked by the user")
    await refused("a message that is not there", BadRequest, bot.edit_message_text("x", LAN, 99999), "message to edit not found")


async def limits(bot):
    async def burst():
        for number in range(6):
            await bot.send_message(IMPATIENT, f"Tin {number}")

    error = await refused("too many at once", RetryAfter, burst(), "flood control")
    seconds = getattr(error.retry_after, "total_seconds", lambda: error.retry_after)()
    check("when to come back", 1 <= seconds <= 3)
    await asyncio.sleep(seconds)
    check("and then it works", await bot.send_message(IMPATIENT, "Tin cuối"))
    long = "🎉" * 2048
    await asyncio.sleep(1.1)
    check("4096 code units just fit", (await bot.send_message(IMPATIENT, long)).text == long)


async def polling(bot, other, updates):
    started = time.monotonic()
    check("nothing more", not await bot.get_updates(offset=updates.offset, timeout=2))
    check("long polling waits", 1.9 <= time.monotonic() - started < 4)
    first = asyncio.create_task(bot.get_updates(offset=updates.offset, timeout=10))
    await asyncio.sleep(0.5)
    second = asyncio.create_task(other.get_updates(offset=updates.offset, timeout=1))
    await refused("the first of two polls", Conflict, first, "terminated by other getUpdates")
    check("the second goes on", not await second)


async def main():
    url, token = sys.argv[1:]
    async with Bot(token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot") as bot:
        updates = Updates(bot)
        await about_the_bot(bot)
        await webhook(bot)
        await first_updates(updates)
        await a_conversation(bot, updates)
        await words_and_files(bot, updates)
        await groups(bot, updates)
        await refusals(bot)
        await limits(bot)
        # A bot polls over one connection only.
        async with Bot(token, base_url=f"{url}/bot") as other:
            await polling(bot, other, updates)
    await refused("another token", InvalidToken, Bot("1:wrong", base_url=f"{url}/bot").get_me())
    print("all as documented")


asyncio.run(main())
