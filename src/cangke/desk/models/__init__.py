"""The desk's tables."""

from .agent import AgentProfile, PresenceInterval
from .channel import Channel, HandlingResult, QuestionType, QueueGroup
from .conduct import ConductAlert
from .connector import Connector, OutgoingCall
from .conversation import OPEN, Conversation, Segment, of_departments
from .later import LaterReply
from .mailbox import Mailbox, OutgoingMail, RawMail
from .message import Attachment, Draft, Mention, Message
from .phone import PhoneCall
from .rating import Rating
from .sums import ReportSums, StaleDay
from .transfer import Transfer
from .turn import Turn
from .visit import Visit
from .wecom import WecomAccount, WecomRow, WecomSend

__all__ = [
    "OPEN",
    "AgentProfile",
    "Attachment",
    "Channel",
    "ConductAlert",
    "Connector",
    "Conversation",
    "Draft",
    "HandlingResult",
    "LaterReply",
    "Mailbox",
    "Mention",
    "Message",
    "OutgoingCall",
    "OutgoingMail",
    "PhoneCall",
    "PresenceInterval",
    "QuestionType",
    "QueueGroup",
    "Rating",
    "RawMail",
    "ReportSums",
    "Segment",
    "StaleDay",
    "Transfer",
    "Turn",
    "Visit",
    "WecomAccount",
    "WecomRow",
    "WecomSend",
    "of_departments",
]
